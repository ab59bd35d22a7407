"""The table of conformance is true: every id is known, and what is declined has no test."""

from __future__ import annotations

import pytest

from tools import conformance


@pytest.fixture(scope="module")
def checklist() -> conformance.Checklist:
    return conformance.read_checklist()


def test_the_list_has_its_126_items_each_once(checklist: conformance.Checklist) -> None:
    assert len(checklist.ids) == len(set(checklist.ids)) == 126


def test_names_carry_only_ids_of_the_list_and_none_that_is_declined(checklist: conformance.Checklist) -> None:
    assert conformance.contradictions(checklist, conformance.proofs()) == []


def test_every_item_is_proved_or_declined_with_a_reason(checklist: conformance.Checklist) -> None:
    assert conformance.unproved(checklist, conformance.proofs()) == []
    assert all(reason.strip() for reason in checklist.declined.values())


def test_the_page_says_what_is_so(checklist: conformance.Checklist) -> None:
    """`python tools/conformance.py` writes it anew."""
    written = conformance.PAGE.read_text(encoding="utf-8")
    assert written == conformance.page(checklist, conformance.proofs()), "stale: python tools/conformance.py"


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("test_l_01_a_login", ("L-01",)),
        ("test_D_03_data_is_echoed", ("D-03",)),
        ("test_a_01_a_02_both", ("A-01", "A-02")),
        ("test_k_07", ("K-07",)),
        ("test_l_011_is_none", ()),
        ("test_a_login", ()),
        ("l_01_is_no_test", ()),
    ],
)
def test_ids_are_read_off_the_head_of_a_name(name: str, ids: tuple[str, ...]) -> None:
    assert conformance.ids_of(name) == ids
