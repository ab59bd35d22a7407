"""Attempts and dates of a link, as they travel in custom parameters."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lti_tool.catalog.terms import PARAMETERS, UNLIMITED, Terms, named, read_terms
from lti_tool.lti import variables

OPENS = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
DUE = datetime(2026, 12, 7, 13, 0, tzinfo=UTC)
CLOSES = datetime(2026, 12, 9, 13, 0, tzinfo=UTC)


def test_what_is_written_on_a_link_is_read_back() -> None:
    for terms in (Terms(), Terms(3, OPENS, DUE, CLOSES), Terms(UNLIMITED), Terms(due=DUE)):
        custom = terms.to_custom("small")
        assert custom["pack"] == "small"
        assert all(isinstance(value, str) and "\n" not in value for value in custom.values())
        assert read_terms(named(custom, "")) == (terms, ())


@pytest.mark.parametrize(
    ("parameters", "ignored"),
    [
        ({"attempts": "0"}, ("attempts",)),
        ({"attempts": "-1"}, ("attempts",)),
        ({"attempts": "много"}, ("attempts",)),
        ({"attempts": "²"}, ("attempts",)),
        ({"attempts": "99999"}, ("attempts",)),
        ({"opens": "завтра"}, ("opens",)),
        ({"opens": "2026-12-01T10:00"}, ("opens",)),
        ({"due": "0001-01-01T00:00:00+14:00"}, ("due",)),
        ({"closes": "9999-12-31T23:59:59-14:00"}, ("closes",)),
    ],
)
def test_what_makes_no_sense_is_ignored_and_named(parameters: dict[str, str], ignored: tuple[str, ...]) -> None:
    assert read_terms(parameters) == (Terms(), ignored)


def test_an_end_before_its_beginning_is_ignored_rather_than_closing_for_ever() -> None:
    terms, ignored = read_terms({"opens": "2026-12-01T03:00:00Z", "closes": "2026-11-01T00:00:00Z"})
    assert terms == Terms(opens=OPENS)
    assert ignored == ("closes",)


def test_a_date_may_be_written_in_any_zone() -> None:
    assert read_terms({"opens": "2026-12-01T08:00:00+05:00"})[0].opens == OPENS


def test_the_dates_of_the_platform_come_before_those_of_the_link() -> None:
    own = {"opens": "2026-11-01T00:00:00Z", "closes": "2026-12-09T13:00:00Z"}
    given = {**own, "available_start": "2026-12-01T03:00:00Z", "submission_end": "2026-12-07T13:00:00Z"}
    assert read_terms(named(given, ""))[0] == Terms(opens=OPENS, due=DUE, closes=CLOSES)
    # Empty: the platform knows the variable and has nothing to say, so the link's own date holds.
    assert read_terms(named({**own, "available_end": ""}, ""))[0].closes == CLOSES


def test_the_names_of_a_link_are_none_of_the_registration() -> None:
    assert set(Terms(1, OPENS, DUE, CLOSES).to_custom("small")).isdisjoint(variables.DATES)
    assert set(variables.DATES) < set(PARAMETERS)


def test_the_pack_may_stand_in_the_address_and_the_parameter_comes_first() -> None:
    address = "https://city.test/lti/launch?pack=small"
    assert named({}, address) == {"pack": "small"}
    assert named({"pack": "other"}, address) == {"pack": "other"}
    assert named({"x": "1"}, "https://city.test/lti/launch") == {}


def test_what_nobody_can_have_meant_is_not_kept() -> None:
    assert named({"pack": "a\0b", "attempts": "1" * 500, "due": "\ud800"}, "") == {}
