"""Roles are parsed, never searched for substrings (checklist L-29, L-31 … L-33)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.lti.roles import Role, RoleKind, Roles, parse_role

M = "http://purl.imsglobal.org/vocab/lis/v2/membership"


@pytest.mark.parametrize(
    ("value", "role"),
    [
        (f"{M}#Instructor", Role(RoleKind.CONTEXT, "Instructor")),
        (f"{M}/Instructor#TeachingAssistant", Role(RoleKind.CONTEXT, "Instructor", "TeachingAssistant")),
        (f"{M}/Learner#Instructor", Role(RoleKind.CONTEXT, "Learner", "Instructor")),
        ("Learner", Role(RoleKind.CONTEXT, "Learner")),
        ("urn:lti:role:ims/lis/Instructor", Role(RoleKind.CONTEXT, "Instructor")),
        ("urn:lti:role:ims/lis/Learner/GuestLearner", Role(RoleKind.CONTEXT, "Learner", "GuestLearner")),
        ("urn:lti:instrole:ims/lis/Instructor", Role(RoleKind.INSTITUTION, "Instructor")),
        ("urn:lti:sysrole:ims/lis/SysAdmin", Role(RoleKind.SYSTEM, "SysAdmin")),
        (
            "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor",
            Role(RoleKind.INSTITUTION, "Instructor"),
        ),
        ("http://purl.imsglobal.org/vocab/lis/v2/person#Student", Role(RoleKind.INSTITUTION, "Student")),
        ("https://purl.imsglobal.org/vocab/lis/v2/membership#Learner", Role(RoleKind.CONTEXT, "Learner")),
        ("instructor", None),
        ("SuperInstructor", None),
        ("http://evil.test/membership#Instructor", None),
        (f"{M}#NotARole", None),
        (f"{M}/Nobody#Instructor", None),
        ("urn:lti:role:ims/lis/NotARole", None),
        ("", None),
    ],
)
def test_a_role_is_read_in_every_form_and_nothing_else_is_one(value: str, role: Role | None) -> None:
    assert parse_role(value) == role


def test_a_teacher_of_the_institution_has_no_right_in_the_course() -> None:
    roles = Roles.parse(["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Instructor", f"{M}#Learner"])
    assert roles.learns
    assert not roles.teaches


def test_a_learner_whose_sub_role_is_called_instructor_is_a_learner() -> None:
    roles = Roles.parse([f"{M}/Learner#Instructor"])
    assert roles.learns
    assert not roles.teaches


def test_an_assistant_without_the_principal_role_teaches() -> None:
    assert Roles.parse([f"{M}/Instructor#TeachingAssistant"]).teaches


def test_no_roles_give_no_rights() -> None:
    roles = Roles.parse([])
    assert not roles.teaches
    assert not roles.learns


def test_unknown_roles_are_ignored_and_known_ones_count() -> None:
    assert Roles.parse(["http://example.test/role#Wizard", 7, None, f"{M}#Learner"]).learns


def test_the_test_user_is_known_by_its_marker() -> None:
    roles = Roles.parse([f"{M}#Learner", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"])
    assert roles.test_user


@given(st.lists(st.one_of(st.text(), st.integers(), st.none(), st.booleans())))
def test_nothing_that_is_not_a_role_gives_a_right(values: list[object]) -> None:
    teaching = {"Instructor", "Administrator", "ContentDeveloper"}
    assert not Roles.parse(value for value in values if value not in teaching).teaches
