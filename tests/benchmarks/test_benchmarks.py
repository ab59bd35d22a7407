"""The benchmarks run, and the budgets that depend on no machine's speed are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.catalogue import browse
from benchmarks.content import read_large_pack
from benchmarks.deliveries import UNWELL, Delivered, deliver
from benchmarks.launches import Contestant, compare, ratio
from benchmarks.rosters import read_large_course
from benchmarks.turns import TURNS, play_turns
from benchmarks.walk import Walk, first_load, walk
from course_packs import TYPES

pytestmark = pytest.mark.browser_only  # on a SQLite file of its own, whatever the other tests use


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """A class of three has walked through the course."""
    return walk(tmp_path_factory.mktemp("walk"), learners=3, repeats=2)


def test_no_launch_and_no_page_view_asks_the_database_more_often_than_it_may(seen: Walk) -> None:
    assert report.over_budget(seen.pages) == []


@pytest.mark.parametrize("kind", ["new person", "known person", "after a start", "teacher"])
def test_every_kind_of_launch_was_counted(seen: Walk, kind: str) -> None:
    assert report.is_launch(f"launch · {kind}")
    assert 0 < seen.pages[f"launch · {kind}"].queries <= report.LAUNCH_QUERIES


def test_queries_of_a_desk_do_not_grow_with_the_class(seen: Walk, tmp_path: Path) -> None:
    larger = walk(tmp_path, learners=6, repeats=1)
    assert larger.pages["desk · 7 learners"].queries == seen.pages["desk · 4 learners"].queries


def test_the_first_page_is_light(seen: Walk) -> None:
    loaded = first_load(seen)
    assert all(loaded[kind] > 0 for kind in ("HTML", "CSS", "JS", "fonts"))
    assert sum(loaded.values()) <= report.FIRST_LOAD


def test_the_tables_name_what_is_over_its_budget(seen: Walk) -> None:
    text = report.queries(seen.pages)
    assert "known person" in text
    assert "over" not in text
    assert "ms" in report.times(seen.pages)
    page = seen.pages["result"]
    page.queries, before = report.PAGE_QUERIES + 1, page.queries
    try:
        assert report.over_budget(seen.pages) == ["result: 7"]
        assert "✗ over" in report.queries(seen.pages)
    finally:
        page.queries = before


def test_a_ratio_compares_rounds_that_were_neighbours() -> None:
    one = Contestant("one", 1, 1, per_second=[100, 10, 30])
    other = Contestant("other", 2, 2, per_second=[50, 5, 10])
    assert ratio(one, other) == 2


def test_the_picker_keeps_its_budget_of_queries(tmp_path: Path) -> None:
    pages = browse(tmp_path, releases=30, repeats=2)
    assert len(pages) == 6
    assert all(0 < page.queries <= report.PAGE_QUERIES for page in pages.values())
    assert "the second step" in report.views(pages)


def test_a_large_pack_is_read_marked_and_held(tmp_path: Path) -> None:
    measured = read_large_pack(tmp_path, units=20, releases=3)
    assert measured.units == 20
    assert measured.tasks >= 20
    assert set(measured.marks_per_second) == set(TYPES)
    assert 0 < measured.held_bytes <= measured.all_bytes
    assert "answers/s" in report.content(measured)


def test_a_long_shift_is_played_to_its_end() -> None:
    measured = play_turns()
    assert len(measured.warm) == len(measured.cold) == TURNS
    assert "replayed first" in report.turns(measured)


@pytest.mark.slow
def test_launches_are_compared_on_real_servers(tmp_path: Path) -> None:
    tools = compare(tmp_path, rounds=1, launches=8, people=4)
    assert len(tools) == 6
    assert all(len(tool.per_second) == 1 and tool.per_second[0] > 0 for tool in tools)
    assert "minimal, as documented" in report.launches(tools)


@pytest.mark.slow
def test_well_platforms_do_not_wait_for_a_hanging_one_and_are_asked_for_one_token_each(tmp_path: Path) -> None:
    hangs_for = 60.0  # longer than the rest can take
    came = deliver(tmp_path, platforms=3, scores=5, unwell=UNWELL, read_timeout=hangs_for)
    assert (came.scores, came.tokens) == (15, 3)
    assert came.seconds < hangs_for


def test_the_table_of_deliveries_tells_the_ratio() -> None:
    text = report.deliveries(Delivered(1000, 20, 48), Delivered(1000, 25, 48))
    assert "48.0" in text
    assert text.endswith("= 1.25")


@pytest.mark.slow
def test_a_large_course_is_read_in_few_queries_and_its_desk_keeps_to_its_budget(tmp_path: Path) -> None:
    course = read_large_course(tmp_path, members=1200, repeats=2)
    first, again, watched = course.readings
    assert max(first.queries, again.queries) < 60
    assert watched.peak_mb is not None
    assert watched.peak_mb < 60
    assert report.over_budget(course.pages) == []
    assert len(course.pages) == 3
    assert "1200 members" in report.large_course(course)
