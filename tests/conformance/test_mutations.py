"""Each of the twenty checks at the door is needed: switch one off, and the forgery it refuses comes in.

The checks are the nineteen steps of a launch's validation (Security Framework §5.1.3, Core §5.3), numbered as in
:mod:`lti_tool.lti.checks`, and as the twentieth the refusal of a launch that names nobody. A step may look at several
things; each is switched off by itself. Where a second lock holds behind the first, the answer at least changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.lti import checks, claims, launch, message, states
from lti_tool.lti.models import LoginState
from lti_tool.lti.platform_keys import PlatformKeyring
from lti_tool.schools.registrations import Registrations
from tests.conformance.door import knock, log_in, post, read
from tests.platform import ABSENT, FakePlatform, other_key, unsigned

Verdict = tuple[int, str]
IN = (303, "")


@dataclass(frozen=True)
class Door:
    """What a forger works with."""

    app: Flask
    session: Session
    platform: FakePlatform

    def knock(self, login: dict[str, Any] | None = None, signing: dict[str, Any] | None = None, **body: Any) -> Verdict:
        """Launch with claims that were changed."""
        changed = self.platform.claims(**body)
        return knock(self.app, self.platform, changed, login=login, **(signing or {})).verdict


@dataclass(frozen=True)
class Check:
    """One thing that a step looks at: how to switch it off, a forgery, and the test that would then fail."""

    step: int
    named: str
    place: Any
    seam: str
    instead: Callable[..., Any]
    forge: Callable[[Door], Verdict]
    refused: Verdict
    then: Verdict = IN

    @property
    def id(self) -> str:
        return f"{self.step:02d}-{self.seam.strip('_')}"


def nothing(*_: Any, **__: Any) -> None:
    """A check that is switched off."""


def gives(value: Any) -> Callable[..., Any]:
    """A check that is switched off, and had to return something."""
    return lambda *_, **__: value


def doubled_state(door: Door) -> Verdict:
    client = door.app.test_client()
    request = door.platform.log_in(client)
    token = door.platform.sign(door.platform.claims(nonce=request["nonce"]))
    form = {"state": [request["state"], "state-other"], "id_token": token}
    return read(client.post("/lti/launch", data=form, base_url=door.platform.tool)).verdict


def expired_state(door: Door) -> Verdict:
    client = door.app.test_client()
    request = door.platform.log_in(client)
    door.session.rollback()
    door.session.execute(update(LoginState).values(expires_at=now() - timedelta(seconds=1)))
    door.session.commit()
    token = door.platform.sign(door.platform.claims(nonce=request["nonce"]))
    return post(client, door.platform, token, request["state"]).verdict


def other_browser(door: Door) -> Verdict:
    request = door.platform.log_in(door.app.test_client())
    token = door.platform.sign(door.platform.claims(nonce=request["nonce"]))
    return post(door.app.test_client(), door.platform, token, request["state"]).verdict


def no_algorithm(door: Door) -> Verdict:
    client = door.app.test_client()
    request = door.platform.log_in(client)
    token = unsigned(door.platform.claims(nonce=request["nonce"]), {"alg": "none", "kid": door.platform.kid})
    return post(client, door.platform, token, request["state"]).verdict


def replay(door: Door) -> Verdict:
    client = door.app.test_client()
    request = door.platform.log_in(client)
    token = door.platform.sign(door.platform.claims(nonce=request["nonce"]))
    passes = [(one.key, one.value) for one in client._cookies.values()]
    assert post(client, door.platform, token, request["state"]).verdict == IN
    for name, value in passes:
        client.set_cookie(name, value, domain="city.test", secure=True)
    return post(client, door.platform, token, request["state"]).verdict


def foreign_target(door: Door) -> Verdict:
    evil = "https://evil.test/lti/launch"
    begun = log_in(door.app, door.platform, target_link_uri=evil)
    if begun.status != 303:
        return begun.verdict
    return door.knock(login={"target_link_uri": evil}, **{claims.TARGET_LINK_URI: evil})


def claimed(**changes: Any) -> Callable[[Door], Verdict]:
    return lambda door: door.knock(**changes)


def signed(**signing: Any) -> Callable[[Door], Verdict]:
    return lambda door: door.knock(signing={name: make() if callable(make) else make for name, make in signing.items()})


def the_key(keyring: PlatformKeyring, url: str, _kid: str) -> Any:
    """Whatever key id is asked for: the platform's only key."""
    (key,) = keyring._load(url, "key-1").values()
    return key


def any_state(connection: Any, state: str) -> states.Login:
    """A login by its state, in whatever condition."""
    return states._one(connection.execute(states._BY_STATE, {"state": states.hashed(state)}))


def any_browser(session: Session, state: str, *_: Any) -> states.Login:
    return states.find(session.connection(), state)


def approved(store: Registrations, registration_id: Any, _deployment: str) -> Any:
    """Whatever deployment is asked for: the platform's only one."""
    store._refresh()
    return store._deployments[registration_id, "1"]


CHECKS = [
    Check(1, "test_state_and_token_stand_there_once", checks, "single", nothing, doubled_state, (400, "LTI-01")),
    Check(2, "test_a_state_that_expired_is_refused", states, "find", any_state, expired_state, (401, "LTI-31")),
    Check(2, "test_an_answer_counts_only_in_the_browser_that_asked", message, "find_login", any_browser,
          other_browser, (401, "LTI-33")),
    Check(3, "test_l_15_an_algorithm_that_is_not_allowed_is_refused", checks, "algorithm", nothing,
          no_algorithm, (401, "LTI-40"), then=(401, "LTI-42")),
    Check(4, "test_l_14_a_token_without_a_key_id_is_refused_and_nobody_is_asked", checks, "key_id", gives("key-1"),
          signed(headers={"kid": None}), (401, "LTI-41")),
    Check(4, "test_l_14_an_unknown_key_id_makes_us_ask_once_more_and_then_refuse", PlatformKeyring, "find", the_key,
          signed(headers={"kid": "invented"}), (401, "LTI-41")),
    Check(5, "test_l_13_a_signature_by_a_key_that_was_not_published_is_refused", checks, "signature", nothing,
          signed(key=other_key), (401, "LTI-42")),
    Check(6, "test_l_16_another_issuer_than_the_logins_is_refused", checks, "issuer", nothing,
          claimed(iss="https://other.test"), (401, "LTI-43")),
    Check(7, "test_l_17_an_audience_that_is_not_us_alone_is_refused", checks, "audience", nothing,
          claimed(aud=["client-1", "evil"]), (401, "LTI-44")),
    Check(8, "test_l_18_a_token_made_for_another_party_is_refused", checks, "authorized_party", nothing,
          claimed(azp="client-2"), (401, "LTI-44")),
    Check(9, "test_l_19_times_that_make_no_sense_are_refused", checks, "times", nothing,
          claimed(iat=1, exp=2), (401, "LTI-45")),
    Check(10, "test_l_20_a_nonce_that_is_not_the_logins_is_refused", checks, "nonce", nothing,
          claimed(nonce="another"), (401, "LTI-35")),
    Check(11, "test_l_23_another_version_is_refused", launch, "_version", nothing,
          claimed(**{claims.VERSION: "1.1.0"}), (400, "LTI-04")),
    Check(12, "test_l_24_a_message_that_is_not_served_is_refused_and_told_so", launch, "_message",
          gives(launch.MessageType.RESOURCE_LINK), claimed(**{claims.MESSAGE_TYPE: "ContentItemSelection"}),
          (400, "LTI-05")),
    Check(13, "test_l_25_a_deployment_id_that_is_none_is_refused", checks, "deployment", gives("1"),
          claimed(**{claims.DEPLOYMENT_ID: ABSENT}), (400, "LTI-09")),
    Check(13, "test_l_25_a_deployment_that_nobody_approved_waits", Registrations, "deployment_id_of", approved,
          claimed(login={"lti_deployment_id": ABSENT}, **{claims.DEPLOYMENT_ID: "9"}), (403, "LTI-22")),
    Check(14, "test_l_26_another_deployment_than_the_login_named_is_refused", checks, "deployment_hint", nothing,
          claimed(login={"lti_deployment_id": "9"}), (401, "LTI-36")),
    Check(15, "test_l_27_a_target_that_is_not_the_logins_is_refused", checks, "target", nothing,
          claimed(**{claims.TARGET_LINK_URI: "https://city.test/lti/launch?pack=other"}), (401, "LTI-36")),
    Check(15, "test_l_10_a_target_on_another_host_is_refused", checks, "own_target", nothing,
          foreign_target, (400, "LTI-02")),
    Check(16, "test_l_28_a_launch_without_its_link_is_refused", launch, "_resource_link",
          gives(launch.ResourceLink("1")), claimed(**{claims.RESOURCE_LINK: {"title": "no id"}}), (400, "LTI-07")),
    Check(17, "test_l_29_a_launch_without_the_roles_claim_is_refused", launch, "_roles", gives([]),
          claimed(**{claims.ROLES: ABSENT}), (400, "LTI-06")),
    Check(18, "test_a_subject_that_is_none_is_refused", launch, "_subject", gives("6"),
          claimed(sub=""), (400, "LTI-08")),
    Check(19, "test_l_21_the_same_answer_twice_opens_one_visit", states, "spend", nothing, replay, (401, "LTI-32")),
    Check(20, "test_a_subject_that_is_missing_is_refused", launch, "_subject", gives(None),
          claimed(sub=ABSENT), (400, "LTI-08")),
]  # fmt: skip


def test_all_twenty_checks_are_tried() -> None:
    assert {check.step for check in CHECKS} == set(range(1, 21))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_that_is_switched_off_is_missed(
    app: Flask, session: Session, platform: FakePlatform, monkeypatch: pytest.MonkeyPatch, check: Check
) -> None:
    door = Door(app, session, platform)
    assert check.forge(door) == check.refused
    monkeypatch.setattr(check.place, check.seam, check.instead)
    assert check.forge(door) == check.then, "something else refuses this forgery: the check is not what is tested here"
    assert check.then != check.refused


def test_each_check_has_a_test_that_would_fail_without_it() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert [check.named for check in CHECKS if f"def {check.named}(" not in source] == []
