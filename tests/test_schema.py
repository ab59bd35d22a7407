"""The migrations make exactly the tables that the models speak of, up and down."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import flask_migrate
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from lti_tool import migrations
from lti_tool.app import create_app
from lti_tool.config import Settings
from lti_tool.db import db
from tests.database import make_database


def test_migrations_and_models_agree_and_lead_back(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "schema"
    folder.mkdir()
    app = create_app(replace(settings, database_url=make_database(folder, "schema"), data_dir=folder))
    with app.app_context():
        assert migrations.current() is None
        assert migrations.upgrade()
        assert migrations.current() == migrations.head()
        assert not migrations.upgrade(), "the second time there is nothing to do"
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": False})
            assert compare_metadata(context, db.metadata) == []
        flask_migrate.downgrade(directory=str(migrations.FOLDER), revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        db.engine.dispose()
