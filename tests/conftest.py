"""What all tests share: the application on its database, a platform that speaks LTI, browsers."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lti_tool import jobs, migrations
from lti_tool.app import create_app
from lti_tool.config import Settings
from lti_tool.db import db, expect_writes
from lti_tool.log import init_log
from lti_tool.lti import keys
from tests import factories
from tests.chromium import browser, playwright
from tests.client import SeparateClient
from tests.database import empty_tables, make_database
from tests.platform import FakePlatform

__all__ = ["browser", "playwright"]  # fixtures for all

PUBLIC_URL = "https://city.test"

init_log()

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell that puts a command in the background lets it ignore Ctrl-C, and programs started by tests would inherit
    # that: they could never be interrupted, and a test that waits for it would wait for ever.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the tests: no jobs of their own accord, short waits."""
    folder: Path = tmp_path_factory.mktemp("lyceum")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    return Settings(
        data_dir=folder,
        public_url=PUBLIC_URL,
        secret_key="the secret of the tests, long enough",
        database_url=make_database(folder, worker),
        jobs_url=f"sqlite:///{folder / 'jobs.db'}",
        embedded_jobs=False,
        http_connect_timeout=1,
        http_read_timeout=1,
        testing=True,
    )


@pytest.fixture(scope="session")
def shared_app(settings: Settings) -> Iterator[Flask]:
    """One application for a whole test process, its schema made by the migrations."""
    app = create_app(replace(settings))
    app.test_client_class = SeparateClient
    with app.app_context():
        migrations.upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()  # a server with open connections does not stop


@pytest.fixture
def app(shared_app: Flask) -> Iterator[Flask]:
    """The application with an empty database."""
    with shared_app.app_context():
        expect_writes(True)
        empty_tables()
        keys.forget()
        shared_app.extensions["lyceum.registrations"].forget()
        shared_app.extensions["lyceum.platform_keys"].forget()
        jobs.flush(shared_app)
        yield shared_app
        db.session.remove()


@pytest.fixture
def session(app: Flask) -> Session:
    """A session on the empty database; factories write into it."""
    return factories.use(db.session)


@pytest.fixture
def platform(app: Flask, session: Session) -> FakePlatform:
    """A registered platform whose keys the application knows how to fetch."""
    fake = FakePlatform()
    fake.register(session)
    fake.publish_keys(app)
    session.commit()
    return fake
