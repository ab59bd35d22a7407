"""Every registration that a real Moodle was seen to make or refuse, and what it says of itself, is read rightly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.lti import claims
from lti_tool.lti.registration.answer import Granted, read_answer
from lti_tool.lti.registration.configuration import PlatformConfiguration, judge
from lti_tool.lti.registration.errors import RegistrationError
from lti_tool.lti.registration.request import (
    TOOL_CONFIGURATION,
    Tool,
    messages_to_ask,
    registration_request,
    scopes_to_ask,
)
from lti_tool.lti.services import guard as guard_module
from lti_tool.lti.services.guard import Guard
from lti_tool.lti.services.http import Answer
from lti_tool.schools import connecting
from lti_tool.schools.invitations import open_invitation
from lti_tool.schools.models import Platform
from tests.registering import invited

RECORDINGS = Path(__file__).parent / "recordings"
REGISTRATIONS = sorted(path.stem for path in RECORDINGS.glob("registration-*.json"))
CONFIGURATIONS = sorted(path.stem for path in RECORDINGS.glob("openid-configuration-*.json"))
TOOL = Tool("https://tool.lyceum.test:9443")

# What Moodle said, and which of our refusals it becomes.
REFUSALS = {
    "registration-error-bad-response-type": ("refused", "invalid_response_types"),
    "registration-error-bad-token": ("refused", ""),
    "registration-error-domain-mismatch": ("refused", "domain_targetlinkuri_mismatch"),
    "registration-error-native": ("refused", "invalid_application_type"),
    "registration-error-no-domain": ("refused", "missing_domain"),
    "registration-error-no-jwks": ("refused", "missing required attribute jwks_uri"),
    "registration-error-token-reused": ("token-refused", "token_already_used"),
}
GRANTS = {
    "registration-error-good-minimal": ("y6Z39v5VpHkoQjB", "3"),
    "registration-http": ("icjTl7j7mAusIm2", "1"),
    "registration-https": ("FA25QN1qbkJDHOC", "2"),
    "registration-registered": ("PUtLEr8C2WDMf3Z", "2"),
    "registration-registered-update": ("PUtLEr8C2WDMf3Z", "2"),
    "registration-update": ("FA25QN1qbkJDHOC", "2"),
}


def recording(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RECORDINGS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def configured(name: str, monkeypatch: pytest.MonkeyPatch) -> PlatformConfiguration:
    """The configuration of a recording; its Moodle is taken to stand in the open Internet."""
    local = name.endswith("-http")
    if not local:
        monkeypatch.setattr(guard_module, "resolve", lambda host, port: ["93.184.216.34"])
    recorded = recording(name)
    return judge(recorded["body"], recorded["url"], Guard(loopback=local))


def answered(name: str) -> Granted:
    """What we read of a recorded answer, had we asked for all that Moodle offers."""
    recorded = recording(name)
    response = recorded["response"]
    body = response["body"]
    return read_answer(
        Answer(
            status=response["status"],
            reason=response["reason"],
            headers=response["headers"],
            body=(body if isinstance(body, str) else json.dumps(body)).encode(),
            url=recorded["request"]["url"],
            clock=None,
        ),
        asked_scopes=[claims.SCOPE_LINE_ITEM, claims.SCOPE_RESULT, claims.SCOPE_SCORE, claims.SCOPE_ROSTER],
        asked_messages=["LtiResourceLinkRequest", "LtiDeepLinkingRequest"],
        endpoint=recorded["request"]["url"],
    )


def test_every_recording_is_replayed() -> None:
    assert {*REFUSALS, *GRANTS} == set(REGISTRATIONS)
    assert len(CONFIGURATIONS) == 2


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_what_moodle_says_of_itself_is_accepted(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = configured(name, monkeypatch)
    assert configuration.family == "moodle"
    assert configuration.version.startswith("4.5.6")
    assert configuration.registration_endpoint.endswith("/mod/lti/openid-registration.php")
    assert set(configuration.messages) == {"LtiResourceLinkRequest", "LtiDeepLinkingRequest"}
    assert PlatformConfiguration.restored(json.loads(json.dumps(configuration.stored()))) == configuration


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_what_we_ask_moodle_for_leaves_the_administrator_one_click(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = configured(name, monkeypatch)
    asked = registration_request(configuration, TOOL)
    tool = asked[TOOL_CONFIGURATION]
    # Grade sync *and column management*, the roster; of claims the name and no e-mail; deep linking.
    assert set(scopes_to_ask(configuration)) == {
        claims.SCOPE_LINE_ITEM,
        claims.SCOPE_LINE_ITEM_READ,
        claims.SCOPE_RESULT,
        claims.SCOPE_SCORE,
        claims.SCOPE_ROSTER,
    }
    assert tool["claims"] == ["iss", "sub", "name", "given_name", "family_name"]
    assert [str(kind) for kind in messages_to_ask(configuration)] == ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]
    assert tool["messages"][1]["placements"] == ["ContentArea"]
    # Moodle knows no history of links: what it does not know would come back as it is written.
    assert tool["custom_parameters"] == {
        "context_id_history": "$Context.id.history",
        "moodle_group_ids": "$Moodle.Person.userGroupIds",
    }
    assert tool["domain"] == "tool.lyceum.test:9443", "host and port, or Moodle answers domain_targetlinkuri_mismatch"
    for required in ("application_type", "response_types", "initiate_login_uri", "redirect_uris", "jwks_uri"):
        assert asked[required]


@pytest.mark.parametrize("name", GRANTS)
def test_a_registration_that_moodle_made_is_read(name: str) -> None:
    granted = answered(name)
    assert (granted.client_id, granted.deployment_id) == GRANTS[name]
    # Of its messages Moodle lists only the one that has settings; plain launches come all the same.
    assert "LtiResourceLinkRequest" in granted.messages
    if "minimal" in name:
        assert granted.scopes == ()
    else:
        assert len(granted.scopes) == 4
        assert "LtiDeepLinkingRequest" in granted.messages


def test_moodle_grants_our_own_request_whole_at_first_and_when_it_is_renewed() -> None:
    """These two were asked for by this tool itself: by its invitation link, and by a second one for the same school."""
    for name in ("registration-registered", "registration-registered-update"):
        asked, got = recording(name)["request"]["body"], recording(name)["response"]["body"]
        assert set(got["scope"].split()) == set(asked["scope"].split())
        assert got[TOOL_CONFIGURATION]["custom_parameters"] == asked[TOOL_CONFIGURATION]["custom_parameters"]
        assert set(got[TOOL_CONFIGURATION]["claims"]) == set(asked[TOOL_CONFIGURATION]["claims"])


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_told_in_moodles_own_word(name: str) -> None:
    with pytest.raises(RegistrationError) as error:
        answered(name)
    assert (error.value.reason, error.value.words) == REFUSALS[name]


def test_moodles_update_renews_the_same_platform(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = configured("openid-configuration-https", monkeypatch)
    rows = []
    for name in ("registration-https", "registration-update"):
        invitation = open_invitation(session, invited(session))
        platform = connecting.write_down(session, invitation, configuration, answered(name))
        session.commit()
        rows.append((platform.id, [one.id for one in platform.deployments]))
    assert rows[0] == rows[1]
    assert len(session.scalars(select(Platform)).all()) == 1
