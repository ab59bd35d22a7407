"""L-23 … L-40: what a message must carry, and what follows from it (Core §5.3, §5.4)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.learning.models import Participation, Placement
from lti_tool.lti import claims
from lti_tool.lti.launch import Launch, parse_launch
from lti_tool.lti.models import Visit
from lti_tool.schools.models import Context
from lti_tool.schools.registrations import to_registration
from tests.conformance.door import course, knock, visits, with_roles
from tests.factories import DeploymentFactory, published
from tests.platform import ABSENT, INSTRUCTOR, LEARNER, FakePlatform
from tests.walker import Walker

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person"
TARGET = "https://city.test/lti/launch"


def _refused(app: Flask, session: Session, platform: FakePlatform, verdict: tuple[int, str], **changes: Any) -> None:
    answer = knock(app, platform, platform.claims(**changes))
    assert answer.verdict == verdict
    assert "Тимур" not in answer.text, "the page tells nothing of the message"
    assert visits(session) == 0


@pytest.mark.parametrize("version", [ABSENT, "1.3", "1.1.0", "11.3", "1.3.0 ", "", 1.3, None, ["1.3.0"]])
def test_l_23_another_version_is_refused(app: Flask, session: Session, platform: FakePlatform, version: Any) -> None:
    _refused(app, session, platform, (400, "LTI-04"), **{claims.VERSION: version})


@pytest.mark.parametrize(
    "message",
    [
        ABSENT,
        "ContentItemSelection",
        "LtiStartProctoring",
        "ltiresourcelinkrequest",
        "",
        7,
        None,
        ["LtiResourceLinkRequest"],
    ],
)
def test_l_24_a_message_that_is_not_served_is_refused_and_told_so(
    app: Flask, session: Session, platform: FakePlatform, message: Any
) -> None:
    body = platform.claims(**{claims.MESSAGE_TYPE: message})
    answer = knock(app, platform, body)
    assert answer.verdict == (400, "LTI-05")
    assert "Такие сообщения здесь не обслуживаются" in answer.text
    assert visits(session) == 0


@pytest.mark.parametrize("deployment", [ABSENT, "", "1" * 256, "развёртывание", "1\x00", 1, None, ["1"]])
def test_l_25_a_deployment_id_that_is_none_is_refused(
    app: Flask, session: Session, platform: FakePlatform, deployment: Any
) -> None:
    _refused(app, session, platform, (400, "LTI-09"), **{claims.DEPLOYMENT_ID: deployment})


@pytest.mark.parametrize("approved", [None, False])
def test_l_25_a_deployment_that_nobody_approved_waits(
    app: Flask, session: Session, platform: FakePlatform, approved: bool | None
) -> None:
    if approved is not None:
        DeploymentFactory(platform=platform.row, deployment_id="9", approved=approved)
        session.commit()
        app.extensions["lyceum.registrations"].forget()
    body = platform.claims(**{claims.DEPLOYMENT_ID: "9"})
    answer = knock(app, platform, body, login={"lti_deployment_id": ABSENT})
    assert answer.verdict == (403, "LTI-22")
    assert visits(session) == 0


def test_l_26_another_deployment_than_the_login_named_is_refused(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    DeploymentFactory(platform=platform.row, deployment_id="2")
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    second = platform.claims(**{claims.DEPLOYMENT_ID: "2"})
    assert knock(app, platform, second).verdict == (401, "LTI-36")
    assert visits(session) == 0
    for unsaid in (ABSENT, ""):
        assert knock(app, platform, second, login={"lti_deployment_id": unsaid}).status == 303


@pytest.mark.parametrize(
    ("target", "verdict"),
    [
        (ABSENT, (400, "LTI-01")),
        ("", (400, "LTI-01")),
        (None, (400, "LTI-01")),
        (7, (400, "LTI-01")),
        ([TARGET], (400, "LTI-01")),
        (f"{TARGET}?pack=other", (401, "LTI-36")),
        (f"{TARGET}/", (401, "LTI-36")),
        ("https://evil.test/lti/launch", (400, "LTI-02")),
        ("https://[city.test", (400, "LTI-02")),
    ],
)
def test_l_27_a_target_that_is_not_the_logins_is_refused(
    app: Flask, session: Session, platform: FakePlatform, target: Any, verdict: tuple[int, str]
) -> None:
    _refused(app, session, platform, verdict, **{claims.TARGET_LINK_URI: target})


@pytest.mark.parametrize(
    ("custom", "pack"), [(ABSENT, "second"), ({"pack": "$Pack.id"}, "second"), ({"pack": "small"}, "small")]
)
def test_l_27_the_claim_decides_what_opens(
    app: Flask, session: Session, platform: FakePlatform, custom: Any, pack: str
) -> None:
    """A link carries its pack in its address, and custom parameters of the same link go before it."""
    releases = {name: published(session, id=name) for name in ("small", "second")}
    session.commit()
    target = f"{TARGET}?pack=second"
    body = platform.claims(**{claims.TARGET_LINK_URI: target, claims.CUSTOM: custom})
    assert knock(app, platform, body, login={"target_link_uri": target}).status == 303
    session.rollback()
    assert session.scalars(select(Placement)).one().release_id == releases[pack].id


@pytest.mark.parametrize(
    "link",
    [
        ABSENT,
        None,
        [],
        "1",
        {},
        {"title": "no id"},
        {"id": ""},
        {"id": None},
        {"id": 1},
        {"id": "x" * 256},
        {"id": "1\x00"},
        {"id": "\ud800"},
    ],
)
def test_l_28_a_launch_without_its_link_is_refused(
    app: Flask, session: Session, platform: FakePlatform, link: Any
) -> None:
    _refused(app, session, platform, (400, "LTI-07"), **{claims.RESOURCE_LINK: link})


@pytest.mark.parametrize("roles", [ABSENT, None, "Instructor", {"0": "Instructor"}, 7])
def test_l_29_a_launch_without_the_roles_claim_is_refused(
    app: Flask, session: Session, platform: FakePlatform, roles: Any
) -> None:
    _refused(app, session, platform, (400, "LTI-06"), **{claims.ROLES: roles})


@pytest.mark.parametrize("subject", ["", None, 6, ["6"], True, "x" * 256, "6\x00", "\ud800"])
def test_a_subject_that_is_none_is_refused(app: Flask, session: Session, platform: FakePlatform, subject: Any) -> None:
    """Also where anonymous launches are allowed: such a one has no ``sub`` at all."""
    _refused(app, session, platform, (400, "LTI-08"), sub=subject)
    platform.row.allow_anonymous = True
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    _refused(app, session, platform, (400, "LTI-08"), sub=subject)


def test_a_subject_need_not_be_latin(app: Flask, session: Session, platform: FakePlatform) -> None:
    """The specification says ASCII; a platform that counts its people in another script loses nobody here."""
    course(session)
    assert knock(app, platform, platform.claims(sub="ученик-6", **{claims.RESOURCE_LINK: {"id": "урок"}})).status == 303


def test_a_subject_that_is_missing_is_refused(app: Flask, session: Session, platform: FakePlatform) -> None:
    _refused(app, session, platform, (400, "LTI-08"), sub=ABSENT)


def _rights(app: Flask, session: Session, platform: FakePlatform, *roles: Any) -> tuple[bool, bool]:
    """Launch with these roles; return whether the visit may teach, and learn. A page opens in any case."""
    course(session)
    client = app.test_client()
    answer = knock(app, platform, with_roles(platform, *roles), client=client)
    assert answer.status == 303
    assert client.get(answer.location, base_url=platform.tool).status_code == 200
    session.rollback()
    visit = session.scalars(select(Visit)).one()
    desk = client.get(f"/v/{visit.id}/desk/", base_url=platform.tool)
    assert (desk.status_code == 200) == visit.teacher
    return visit.teacher, visit.learner


def test_l_29_no_roles_open_without_a_right(app: Flask, session: Session, platform: FakePlatform) -> None:
    assert _rights(app, session, platform) == (False, False)
    assert session.scalars(select(Participation)).first() is None, "and nobody counts them as a learner"


@pytest.mark.parametrize(
    ("roles", "rights"),
    [
        (["http://example.test/role#Wizard"], (False, False)),
        ([f"{MEMBERSHIP}#Wizard"], (False, False)),
        (["instructor"], (False, False)),
        ([f"{MEMBERSHIP}#Instructor "], (False, False)),
        (["http://evil.test/vocab/lis/v2/membership#Instructor"], (False, False)),
        ([7, None, {"role": INSTRUCTOR}], (False, False)),
        (["http://example.test/role#Wizard", LEARNER], (False, True)),
        (["http://example.test/role#Wizard", 7, INSTRUCTOR], (True, False)),
    ],
)
def test_l_31_unknown_roles_give_nothing_and_take_nothing(
    app: Flask, session: Session, platform: FakePlatform, roles: list[Any], rights: tuple[bool, bool]
) -> None:
    assert _rights(app, session, platform, *roles) == rights


@pytest.mark.parametrize(
    ("roles", "rights"),
    [
        (["Instructor"], (True, False)),
        (["Learner"], (False, True)),
        (["urn:lti:role:ims/lis/Instructor"], (True, False)),
        ([f"{INSTITUTION}#Instructor"], (False, False)),
        ([f"{INSTITUTION}#Administrator", f"{SYSTEM}#Administrator"], (False, False)),
        (["urn:lti:instrole:ims/lis/Instructor"], (False, False)),
        ([f"{INSTITUTION}#Instructor", LEARNER], (False, True)),
    ],
)
def test_l_32_a_short_role_is_one_of_the_course_and_one_of_the_institution_is_not(
    app: Flask, session: Session, platform: FakePlatform, roles: list[str], rights: tuple[bool, bool]
) -> None:
    assert _rights(app, session, platform, *roles) == rights


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        (f"{MEMBERSHIP}/Learner#Instructor", (False, True)),
        (f"{MEMBERSHIP}/Learner#NonCreditLearner", (False, True)),
        (f"{MEMBERSHIP}/Mentor#Tutor", (False, False)),
        (f"{MEMBERSHIP}/Manager#Observer", (False, False)),
        (f"{MEMBERSHIP}#Manager", (False, False)),
        (f"{MEMBERSHIP}/Instructor#TeachingAssistant", (True, False)),
        (f"{MEMBERSHIP}/Instructor#Grader", (True, False)),
        (f"{MEMBERSHIP}/Administrator#Support", (True, False)),
        (f"{MEMBERSHIP}/ContentDeveloper#Librarian", (True, False)),
    ],
)
def test_l_33_a_sub_role_counts_by_the_role_it_belongs_to(
    app: Flask, session: Session, platform: FakePlatform, role: str, rights: tuple[bool, bool]
) -> None:
    """Assistants and graders see the work of others, as those they assist do; whoever only looks on does not."""
    assert _rights(app, session, platform, role) == rights


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"name": ABSENT, "email": "a@b.test"}, None),
        ({"name": ABSENT, "given_name": "Анна", "family_name": "К."}, "Анна К."),
        ({"name": ABSENT, "given_name": "Анна"}, "Анна"),
        ({"name": ABSENT}, None),
        ({"name": "   "}, None),
        ({"name": 7}, None),
        ({"name": "А" * 900}, "А" * 255),
        ({claims.CONTEXT: ABSENT}, "Тимур П."),
        ({claims.CONTEXT: []}, "Тимур П."),
        ({claims.CONTEXT: {"title": "no id"}}, "Тимур П."),
        ({"name": ABSENT, "email": "a@b.test", claims.CONTEXT: ABSENT, claims.PLATFORM: ABSENT}, None),
    ],
)
def test_l_35_what_is_kept_back_is_no_error_and_no_name_is_blank(
    app: Flask, session: Session, platform: FakePlatform, changes: dict[str, Any], name: str | None
) -> None:
    course(session)
    pupil = Walker(app.test_client(), platform, platform.claims(**changes))
    assert pupil.get("course").status_code == 200
    teacher = Walker(app.test_client(), platform, with_roles(platform, INSTRUCTOR, sub="3", name=ABSENT))
    shown = teacher.soup("desk/").select("tbody th a")
    assert len(shown) == 1
    assert shown[0].text == name if name else shown[0].text.strip()
    assert "a@b.test" not in shown[0].text


@pytest.mark.parametrize(
    "changes",
    [
        {"https://example.test/claim/unknown": {"deep": [1, {"er": None}]}},
        {"https://purl.imsglobal.org/spec/lti/claim/not_yet_invented": True},
        {claims.RESOURCE_LINK: {"id": "1", "title": "Урок 1", "colour": {"r": 1}}},
        {claims.CONTEXT: {"id": "2", "type": ["http://x.test/Club", 7], "members": [1, 2]}},
        {claims.PRESENTATION: {"locale": "ru", "width": "wide", "css": "x"}},
        {claims.PLATFORM: "moodle"},
        {claims.CUSTOM: [1, 2]},
        {claims.AGS: {"scope": "all"}},
        {claims.NRPS: []},
        {"email_verified": "yes", "picture": 7, "locale": ["ru"]},
    ],
)
def test_l_37_what_is_not_known_is_ignored(
    app: Flask, session: Session, platform: FakePlatform, changes: dict[str, Any]
) -> None:
    course(session)
    client = app.test_client()
    answer = knock(app, platform, platform.claims(**changes), client=client)
    assert answer.status == 303
    assert client.get(answer.location, base_url=platform.tool).status_code in {200, 404}


def _parsed(platform: FakePlatform, **changes: Any) -> Launch:
    return parse_launch(platform.claims(**changes), to_registration(platform.row))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("$User.username", None),
        ("$Unknown.var", None),
        ("$Canvas.assignment.id", None),
        ("", ""),
        ("$5", "$5"),
        ("$ is a sign", "$ is a sign"),
        ("small", "small"),
        (5, "5"),
        (True, "True"),
        (None, None),
        (["small"], None),
        ({"a": 1}, None),
    ],
)
def test_l_38_a_variable_that_was_not_resolved_is_unset(platform: FakePlatform, given: Any, kept: str | None) -> None:
    assert _parsed(platform, **{claims.CUSTOM: {"value": given}}).custom.get("value") == kept


def test_l_38_markup_in_any_claim_is_text(app: Flask, session: Session, platform: FakePlatform) -> None:
    course(session)
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    changes = {
        "given_name": evil,
        claims.RESOURCE_LINK: {"id": "1", "title": evil, "description": evil},
        claims.CONTEXT: {"id": "2", "label": evil, "title": evil},
        claims.PLATFORM: {"name": evil, "product_family_code": evil},
        claims.CUSTOM: {"pack": "small", "note": evil},
        claims.PRESENTATION: {"locale": evil, "document_target": evil, "return_url": f"https://moodle.test/?{evil}"},
    }
    pupil = Walker(app.test_client(), platform, platform.claims(name=evil, **changes))
    teacher = Walker(app.test_client(), platform, with_roles(platform, INSTRUCTOR, sub="3", name=evil, **changes))
    learner = teacher.soup("desk/").select_one("tbody th a")
    assert learner is not None
    assert learner.text == evil.strip()
    pages = [pupil.get("course"), teacher.get("desk/"), teacher.get(str(learner["href"])), teacher.get("choose")]
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text


def test_l_40_two_deployments_of_one_client_keep_equal_ids_apart(
    app: Flask, session: Session, platform: FakePlatform
) -> None:
    course(session)
    DeploymentFactory(platform=platform.row, deployment_id="2")
    session.commit()
    app.extensions["lyceum.registrations"].forget()
    first = Walker(app.test_client(), platform)
    first.walk()
    second = {claims.DEPLOYMENT_ID: "2"}
    client = app.test_client()
    answer = knock(
        app,
        platform,
        with_roles(platform, INSTRUCTOR, sub="3", **second),
        client=client,
        login={"lti_deployment_id": "2"},
    )
    desk = client.get(answer.location, base_url=platform.tool)
    assert desk.status_code == 200
    assert "Тимур" not in desk.text
    session.rollback()
    assert len({placement.deployment_id for placement in session.scalars(select(Placement))}) == 2
    assert len({context.deployment_id for context in session.scalars(select(Context))}) == 2
    # The same person in the other deployment begins anew there.
    client = app.test_client()
    answer = knock(app, platform, platform.claims(**second), client=client, login={"lti_deployment_id": "2"})
    assert client.get(answer.location, base_url=platform.tool).status_code == 200
    session.rollback()
    learners = session.scalars(select(Participation).where(Participation.preview.is_(False)))
    assert sorted(one.attempts_started for one in learners) == [0, 1]
