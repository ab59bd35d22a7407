"""The migrations make exactly the tables that the models speak of, up and down."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect

from lti_tool import migrations
from lti_tool.app import create_app
from lti_tool.clock import now
from lti_tool.config import Settings
from lti_tool.db import db, new_id
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


ROW = {
    "slug": "s", "title": "т", "issuer": "https://m.test", "client_id": "c", "auth_url": "a", "token_url": "t",
    "jwks_url": "j", "deployment_id": "1", "context_id": "2", "resource_link_id": "1", "subject": "6", "active": True,
    "allow_anonymous": False, "approved": True, "test_user": False, "preview": True, "attempts_started": 0,
    "attempts_finished": 0, "created_at": now(), "opened_at": now(), "last_seen_at": now(),
}  # fmt: skip


def test_rows_of_the_first_edition_survive_every_migration(settings: Settings, tmp_path: Path) -> None:
    """A pupil of a school that has been at it since the first edition, with tables that are built anew under them."""
    folder = tmp_path / "rows"
    folder.mkdir()
    app = create_app(replace(settings, database_url=make_database(folder, "rows"), data_dir=folder))
    with app.app_context():
        flask_migrate.Migrate(app, db, directory=str(migrations.FOLDER))
        flask_migrate.upgrade(directory=str(migrations.FOLDER), revision="0001")
        old = MetaData()
        old.reflect(db.engine)
        names = ("school", "platform", "deployment", "context", "person", "identity", "placement", "participation")
        ids = {name: new_id() for name in names}
        with db.engine.begin() as connection:
            for name in names:
                values = {
                    column.name: ids[next(iter(column.foreign_keys)).column.table.name]
                    if column.foreign_keys
                    else {**ROW, "id": ids[name]}[column.name]
                    for column in old.tables[name].columns
                    if not column.nullable or column.name == "context_id"
                }
                # Types as the models have them; a column that is gone since has only its own.
                now_known = db.metadata.tables[name].c
                columns = [sa.column(one, now_known.get(one, old.tables[name].c[one]).type) for one in values]
                connection.execute(sa.table(name, *columns).insert().values(values))
        db.session.remove()
        migrations.upgrade()
        with db.engine.connect() as connection:
            for name, row_id in ids.items():
                assert connection.scalar(sa.select(db.metadata.tables[name].c.id)) == row_id, name
        db.engine.dispose()


def test_releases_of_the_first_edition_can_be_searched(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "releases"
    folder.mkdir()
    app = create_app(replace(settings, database_url=make_database(folder, "releases"), data_dir=folder))
    document = {"units": [{"title": {"ru": "Ворота"}, "place": "gate"}, {"title": {"ru": "Площадь"}}]}
    values = {
        "id": new_id(), "pack_id": "p", "number": 1, "digest": "d", "kind": "course", "title": {"ru": "П"},
        "summary": {"ru": "О"}, "languages": ["ru"], "minutes": 1, "task_count": 0, "document": json.dumps(document),
        "published_at": now(),
    }  # fmt: skip
    with app.app_context():
        flask_migrate.Migrate(app, db, directory=str(migrations.FOLDER))
        flask_migrate.upgrade(directory=str(migrations.FOLDER), revision="0001")
        table = db.metadata.tables["pack_release"]
        with db.engine.begin() as connection:
            connection.execute(
                sa.table("pack_release", *(sa.column(one, table.c[one].type) for one in values)).insert().values(values)
            )
        migrations.upgrade()
        with db.engine.connect() as connection:
            units, place, grades = connection.execute(sa.select(table.c.units, table.c.place, table.c.grades)).one()
        db.engine.dispose()
    assert (units, place, grades) == ([{"ru": "Ворота"}, {"ru": "Площадь"}], "gate", [])
