"""One tool and one LMS for each test process; each test finds both whole and gets pupils of its own."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator

import pytest

from tests.database import make_database
from tests.failure.demonstration import Demonstration, demonstration


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    """The processes and their data; they are started by the first test that asks for them."""
    folder = tmp_path_factory.mktemp("servers")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    with demonstration(folder, make_database(folder, f"{worker}_{folder.name}")) as made:
        yield made


@pytest.fixture
def demo(servers: Demonstration) -> Iterator[Demonstration]:
    """Both servers at work, the weather calm."""
    servers.make_whole()
    yield servers
    servers.end_workers()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that failed shows what the servers wrote."""
    report = yield
    if report.failed and "demo" in item.funcargs:
        report.sections.append(("the servers' logs", item.funcargs["demo"].logs()))
    return report
