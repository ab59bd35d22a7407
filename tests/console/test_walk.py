"""A connection check: what it tries, what it finds, and what it leaves behind (nothing)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import time_machine
from sqlalchemy import delete
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.console import checks
from lti_tool.console.findings import Finding, StepName, Verdict
from lti_tool.console.models import ConnectionCheck
from lti_tool.console.walk import LABEL, TAG, is_hidden
from lti_tool.db import db
from lti_tool.lti import keys
from lti_tool.lti.models import ToolKey
from lti_tool.lti.services import ags, nrps
from lti_tool.people.models import Roster
from lti_tool.schools.models import PlatformState
from tests.console.lms import Connection, Lms
from tests.factories import DeploymentFactory, PlatformFactory
from tests.gradebook.host import ALL_SCOPES, respond
from tests.people.host import member

RECORDINGS = Path(__file__).parent.parent / "moodle" / "recordings"

WELL = {
    "tool": Finding.TOOL_READY,
    "registration": Finding.PLAIN_HTTP,  # the LMS of these tests has no certificate
    "deployment": Finding.DEPLOYED,
    "launches": Finding.LAUNCHED,
    "sign-in": Finding.SIGN_IN_ANSWERS,
    "keys": Finding.KEYS_FOUND,
    "token": Finding.TOKEN_WHOLE,
    "clock": Finding.CLOCK_AGREES,
    "columns": Finding.COLUMNS_READ,
    "roster": Finding.ROSTER_READ,
    "test-column": Finding.COLUMN_MADE,
    "score": Finding.SCORE_UNDERSTOOD,
    "cleanup": Finding.CLEAN,
}


def differences(found: dict[str, Finding]) -> dict[str, Finding]:
    """What is otherwise than on a good day."""
    return {name: finding for name, finding in found.items() if finding is not WELL[name]}


class TestAGoodDay:
    def test_every_step_is_walked(self, connection: Connection):
        assert connection.findings() == WELL

    def test_no_learners_grade_and_no_real_column_is_touched(self, connection: Connection, lms: Lms):
        connection.check()
        assert [score["userId"] for score in lms.scores] == [connection.teacher.subject]
        assert all("/90/" in request.path for request in lms.score_requests)
        assert lms.grades == {}

    def test_the_test_column_is_marked_as_ours_and_gone_afterwards(self, connection: Connection, lms: Lms):
        connection.check()
        (column,) = lms.made
        assert (column["label"], column["tag"], column["scoreMaximum"]) == (LABEL, TAG, 1)
        assert "resourceLinkId" not in column, "or the activity would show it as its grade"
        assert len(lms.deleted) == 1
        assert lms.columns == []

    def test_a_platform_that_grades_teachers_is_as_good(self, connection: Connection, lms: Lms):
        lms.members = [member("3")]
        assert connection.findings()["score"] is Finding.SCORE_TAKEN

    def test_the_operator_checks_what_launches_named_last(self, connection: Connection):
        found = connection.findings(as_operator=True)
        assert differences(found) == {"score": Finding.SCORE_NO_PERSON}, "nobody came lately"

    def test_a_new_token_is_asked_for_whatever_is_remembered(self, connection: Connection, lms: Lms):
        connection.check()
        connection.check()
        assert lms.requests.count("token") == 2

    def test_it_is_kept_until_the_next(self, connection: Connection, session: Session):
        connection.check()
        connection.check(as_operator=True)
        (row,) = session.query(ConnectionCheck).all()
        session.refresh(row)
        assert row.begun_by == checks.OPERATOR
        assert row.finished_at is not None
        assert [step.name for step in checks.steps_of(row)] == list(StepName)

    def test_nothing_that_is_kept_is_secret(self, connection: Connection, lms: Lms, session: Session):
        connection.check()
        row = session.get_one(ConnectionCheck, connection.platform.id, populate_existing=True)
        kept = json.dumps(row.steps)
        assert lms.token not in kept
        assert "Ученик" not in kept


class TestOneThingIsWrong:
    """Each fault is named, and what does not depend on it is tried all the same."""

    def test_the_tool_has_no_key(self, connection: Connection, session: Session):
        session.execute(delete(ToolKey))
        session.commit()
        assert connection_without_token(connection) == Finding.NO_KEY

    def test_the_platform_is_switched_off(self, connection: Connection, session: Session):
        for state, finding in ((PlatformState.OFF, Finding.SWITCHED_OFF), (PlatformState.PENDING, Finding.PENDING)):
            connection.platform.state = state
            session.commit()
            assert differences(connection.findings()) == {"registration": finding}

    def test_no_deployment_is_approved(self, connection: Connection, session: Session):
        for deployment in connection.platform.deployments:
            deployment.approved = False
        session.commit()
        found = differences(connection.findings())
        assert found["deployment"] is Finding.NO_DEPLOYMENT
        assert found["columns"] is Finding.COLUMNS_NO_ADDRESS
        assert "token" not in found

    def test_nobody_has_come_in_yet(self, app, session, lms: Lms):
        platform = PlatformFactory(issuer=lms.url, auth_url=f"{lms.url}/mod/lti/auth.php")
        platform.token_url, platform.jwks_url = f"{lms.url}/mod/lti/token.php", f"{lms.url}/mod/lti/certs.php"
        DeploymentFactory(platform=platform, deployment_id="1")
        keys.ensure_key(session)
        session.commit()
        run_id = checks.begin(session, platform.id, begun_by=checks.OPERATOR)
        session.commit()
        found = {str(step.name): step.finding for step in checks.run(platform.id, run_id)}
        assert differences(found) == {
            "launches": Finding.NEVER_LAUNCHED,
            "columns": Finding.COLUMNS_NO_ADDRESS,
            "roster": Finding.ROSTER_NO_ADDRESS,
            "test-column": Finding.COLUMNS_NO_ADDRESS,
            "score": Finding.NO_TEST_COLUMN,
        }

    @pytest.mark.parametrize(
        ("family", "status", "finding"),
        [
            ("moodle", 404, Finding.SIGN_IN_ANSWERS),
            ("canvas", 404, Finding.SIGN_IN_MISSING),
            ("canvas", 303, Finding.SIGN_IN_ANSWERS),
            ("moodle", 503, Finding.SIGN_IN_BROKEN),
        ],
    )
    def test_the_sign_in_address(self, connection: Connection, lms: Lms, session: Session, family, status, finding):
        connection.platform.family = family
        session.commit()
        lms.next("auth", respond(status, "Whatever"))
        assert connection.findings()["sign-in"] is finding

    @pytest.mark.parametrize(
        ("answer", "finding"),
        [
            (lambda: respond(404, "Not Found", "<html>"), Finding.KEYS_STATUS),
            (lambda: respond(200, "OK", "<html>"), Finding.KEYS_NONSENSE),
            (lambda: respond(200, "OK", {"keys": 5}), Finding.KEYS_NONSENSE),
            (lambda: respond(200, "OK", {"keys": [{"kty": "EC", "kid": "1"}]}), Finding.KEYS_UNUSABLE),
        ],
    )
    def test_the_keys(self, connection: Connection, lms: Lms, answer, finding):
        lms.next("keys", answer())
        assert differences(connection.findings()) == {"keys": finding}

    @pytest.mark.parametrize(
        ("ahead", "finding", "seconds", "is_ahead"),
        [
            (timedelta(seconds=2), Finding.CLOCK_AGREES, None, None),
            (timedelta(seconds=20), Finding.CLOCK_DIFFERS, 19, 1),
            (timedelta(seconds=-20), Finding.CLOCK_DIFFERS, 19, 0),
            (timedelta(minutes=10), Finding.CLOCK_WRONG, 599, 1),
        ],
    )
    def test_the_clock(self, connection: Connection, lms: Lms, ahead, finding, seconds, is_ahead):
        lms.ahead = ahead
        step = connection.check()[StepName.CLOCK]
        assert step.finding is finding
        if seconds is not None:
            assert abs(int(step.values["seconds"]) - seconds) <= 1
            assert step.values["ahead"] == is_ahead

    def test_services_that_are_not_allowed(self, connection: Connection, lms: Lms):
        lms.granted = [ags.LINE_ITEM_READ_SCOPE, nrps.SCOPE]
        steps = connection.check()
        assert steps[StepName.TOKEN].finding is Finding.TOKEN_PART
        assert steps[StepName.TOKEN].values["missing"] == "lineitem result.readonly score"
        assert steps[StepName.COLUMNS].finding is Finding.COLUMNS_READ
        assert steps[StepName.TEST_COLUMN].finding is Finding.NOT_GRANTED
        assert steps[StepName.SCORE].finding is Finding.NOT_GRANTED
        assert lms.made == []

    def test_a_platform_that_refuses_all_when_one_is_not_allowed(self, connection: Connection, lms: Lms):
        def strict(request: Any) -> Any:
            lms.next("token", strict)
            asked = set(request.form["scope"].split())
            if not asked <= {*ALL_SCOPES}:
                return respond(400, "Bad Request", {"error": "invalid_scope"})
            body = {"access_token": lms.token, "token_type": "bearer", "scope": " ".join(asked)}
            return respond(200, "OK", body)

        lms.next("token", strict)
        steps = connection.check()
        assert steps[StepName.TOKEN].values == {"missing": "contextmembership.readonly"}
        found = {str(name): step.finding for name, step in steps.items()}
        assert differences(found) == {"token": Finding.TOKEN_PART, "roster": Finding.NOT_GRANTED}

    def test_a_registration_that_was_granted_nothing(self, connection: Connection, lms: Lms, session: Session):
        connection.platform.granted_scopes = []
        session.commit()
        assert connection.findings()["token"] is Finding.TOKEN_SCOPE
        assert "token" not in lms.requests

    @pytest.mark.parametrize(
        ("address", "finding"),
        [
            ("https://city.test", Finding.TOKEN_ADDRESS),
            ("https://city.test:8443", Finding.TOKEN_HIDDEN),
            ("https://192.168.0.7", Finding.TOKEN_HIDDEN),
        ],
    )
    def test_keys_that_the_lms_may_not_read(self, connection: Connection, lms: Lms, monkeypatch, address, finding):
        """Moodle's filter of outgoing requests: the most common fault, and the least understood."""
        settings = replace(connection.app.extensions["lyceum.settings"], public_url=address)
        monkeypatch.setitem(connection.app.extensions, "lyceum.settings", settings)
        lms.next("token", respond(404, "Not Found", "<!DOCTYPE html>"))
        assert connection.check()[StepName.TOKEN].finding is finding

    def test_a_key_that_was_copied_is_no_filter(self, connection: Connection, lms: Lms, session: Session, monkeypatch):
        """Moodle says this when “Public key type” is “RSA key”: the filter of outgoing requests is not to blame."""
        settings = replace(connection.app.extensions["lyceum.settings"], public_url="https://192.168.0.7")
        monkeypatch.setitem(connection.app.extensions, "lyceum.settings", settings)
        connection.platform.family = "moodle"
        session.commit()
        lms.next("token", respond(400, "Bad Request", {"error": "error/No public key configured"}))
        assert connection.check()[StepName.TOKEN].finding is Finding.TOKEN_SIGNATURE

    def test_no_service_at_all(self, connection: Connection, lms: Lms):
        lms.always("token", lambda: respond(400, "Bad Request", {"error": "invalid_scope"}))
        assert connection_without_token(connection) is Finding.TOOL_READY
        assert connection.check()[StepName.TOKEN].finding is Finding.TOKEN_SCOPE

    def test_a_list_without_names_is_no_fault(self, connection: Connection, lms: Lms):
        lms.members = [member("6", name=None), member("7", name=None)]
        step = connection.check()[StepName.ROSTER]
        assert (step.finding, step.verdict) == (Finding.ROSTER_NAMELESS, Verdict.OK)

    def test_a_list_that_is_none(self, connection: Connection, lms: Lms):
        lms.next("members_page", respond(200, "OK", {"members": "many"}))
        assert differences(connection.findings()) == {"roster": Finding.SERVICE_NONSENSE}

    @pytest.mark.parametrize(
        ("answer", "finding"),
        [
            (lambda: respond(401, "Unauthorized"), Finding.SERVICE_TOKEN),
            (lambda: respond(403, "Forbidden"), Finding.SERVICE_FORBIDDEN),
            (lambda: respond(404, "Not Found"), Finding.SERVICE_MISSING),
            (lambda: respond(400, "No handler found"), Finding.SERVICE_REFUSED),
            (lambda: respond(500, "Oops"), Finding.SERVICE_BROKEN),
            (lambda: respond(200, "OK", "<html>"), Finding.SERVICE_NONSENSE),
        ],
    )
    def test_the_columns(self, connection: Connection, lms: Lms, answer, finding):
        lms.always("container", answer)
        found = differences(connection.findings())
        assert found["columns"] is finding
        assert "roster" not in found
        assert found["test-column"] is finding, "what an earlier check left cannot be looked for"

    def test_a_score_service_that_forbids(self, connection: Connection, lms: Lms):
        lms.next("score", respond(403, "Forbidden"))
        assert differences(connection.findings()) == {"score": Finding.SERVICE_FORBIDDEN}

    def test_a_refusal_that_lost_its_status_is_understood(self, connection: Connection, lms: Lms):
        lms.next("score", respond(200, "OK", []))
        assert connection.findings()["score"] is Finding.SCORE_UNDERSTOOD

    def test_a_roster_of_another_host_gets_no_token(self, connection: Connection, lms: Lms, session: Session):
        session.query(Roster).update({"members_url": "https://elsewhere.test/members"})
        session.commit()
        connection.check()
        assert "members_page" not in lms.requests


def connection_without_token(connection: Connection) -> Finding:
    """Check a connection that gets no token: all that needs one says so; return what the first step found."""
    found = connection.findings()
    for name in ("columns", "roster", "test-column", "score"):
        assert found[name] in {Finding.NO_TOKEN, Finding.NO_TEST_COLUMN}, name
    assert found["keys"] is Finding.KEYS_FOUND
    return found["tool"]


class TestTheLmsIsAway:
    def test_it_is_down(self, connection: Connection, lms: Lms):
        lms.server.stop()
        found = connection.findings()
        assert found["sign-in"] is Finding.SIGN_IN_SILENT
        assert found["keys"] is Finding.KEYS_SILENT
        assert found["token"] is Finding.TOKEN_SILENT
        assert found["clock"] is Finding.CLOCK_UNKNOWN
        assert found["columns"] is Finding.NO_TOKEN

    def test_it_hangs(self, connection: Connection, lms: Lms, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(checks, "READ_TIMEOUT", 0.3)
        over = Event()

        def hang(request: Any) -> Any:
            over.wait(5)
            return respond(200, "OK", [])

        lms.next("members_page", hang)
        step = connection.check()[StepName.ROSTER]
        over.set()
        assert (step.finding, step.values["cause"]) == (Finding.SERVICE_SILENT, "timeout")

    def test_what_does_not_fit_into_the_time_is_not_tried(self, connection: Connection, lms: Lms, monkeypatch):
        monkeypatch.setattr("lti_tool.console.walk.TIME", 0)
        found = connection.findings()
        assert found["token"] is found["score"] is Finding.NO_TIME
        assert lms.requests == []

    def test_its_name_is_not_known(self, connection: Connection, session: Session):
        connection.platform.jwks_url = "https://no-such-host.invalid/certs"
        session.commit()
        step = connection.check()[StepName.KEYS]
        assert (step.finding, step.values) == (
            Finding.KEYS_SILENT,
            {"cause": "name", "host": "https://no-such-host.invalid"},
        )


class TestLeftBehind:
    def test_a_column_that_a_crash_left_is_deleted_by_the_next_check(self, connection, lms: Lms, monkeypatch):
        def die(*_: Any) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr("lti_tool.console.walk.ags.post_score", die)
            with pytest.raises(KeyboardInterrupt):
                connection.check()
        assert len(lms.columns) == 1
        with time_machine.travel(now() + timedelta(minutes=5)):
            assert connection.findings() == WELL
        assert lms.columns == []

    def test_also_one_whose_making_was_never_answered(self, connection: Connection, lms: Lms):
        def lose(request: Any) -> Any:
            lms._create(request)
            return respond(502, "Bad Gateway")

        lms.next("create", lose)
        assert connection.findings()["test-column"] is Finding.SERVICE_BROKEN
        assert len(lms.columns) == 1
        connection.check()
        assert lms.columns == []

    def test_other_columns_are_left_alone(self, connection: Connection, lms: Lms):
        own = {"id": lms.column_url, "label": "Урок 1", "scoreMaximum": 20}
        lms.columns = [own, {**own, "id": lms.column_url.replace("/2/line", "/7/line"), "tag": "lyceum-check-2"}]
        connection.check()
        assert len(lms.columns) == 2

    def test_one_that_cannot_be_deleted_is_told_and_tried_again(self, connection: Connection, lms: Lms):
        lms.next("delete", respond(500, "Oops"))
        assert connection.findings()["cleanup"] is Finding.COLUMN_LEFT
        assert connection.findings()["cleanup"] is Finding.CLEAN
        assert lms.columns == []


class TestOneAtATime:
    def begin(self, connection: Connection) -> Any:
        run_id = checks.begin(connection.session, connection.platform.id, begun_by=checks.OPERATOR)
        connection.session.commit()
        return run_id

    def test_a_second_one_waits_for_the_first(self, connection: Connection):
        assert self.begin(connection) is not None
        assert self.begin(connection) is None

    def test_one_that_died_holds_up_nobody_for_ever(self, connection: Connection):
        self.begin(connection)
        with time_machine.travel(now() + timedelta(minutes=4)):
            assert self.begin(connection) is not None

    def test_a_job_that_comes_twice_walks_once(self, connection: Connection, lms: Lms):
        run_id = self.begin(connection)
        assert checks.run(connection.platform.id, run_id)
        asked = len(lms.requests)
        assert checks.run(connection.platform.id, run_id) == []
        assert len(lms.requests) == asked

    def test_one_that_was_overtaken_writes_nothing(self, connection: Connection, session: Session):
        first = self.begin(connection)
        with time_machine.travel(now() + timedelta(minutes=4)):
            self.begin(connection)
            assert checks.run(connection.platform.id, first) == []
        row = session.get_one(ConnectionCheck, connection.platform.id, populate_existing=True)
        assert (row.started_at, row.steps) == (None, [])

    def test_no_transaction_is_open_while_the_platform_is_asked(self, connection: Connection, lms: Lms):
        seen = []
        pool, session, platform_id = db.engine.pool, connection.session, connection.platform.id

        def look(request: Any) -> Any:
            seen.append(pool.checkedout())
            return respond(200, "OK", lms.published)

        lms.next("keys", look)
        run_id = self.begin(connection)
        session.close()
        checks.run(platform_id, run_id)
        assert seen == [0]


@pytest.mark.parametrize(
    ("url", "hidden"),
    [
        ("https://city.example.org", False),
        ("https://city.example.org:443", False),
        ("https://city.example.org:8443", True),
        ("https://192.168.1.5", True),
        ("http://localhost:8000", True),
        ("https://lyceum", True),
        ("https://93.184.216.34", False),
    ],
)
def test_what_an_lms_would_not_read_by_default(url: str, hidden: bool) -> None:
    assert is_hidden(url) is hidden


TOKENS = {
    "bad-grant": Finding.TOKEN_REFUSED,
    "bad-signature": Finding.TOKEN_SIGNATURE,
    "curlsecurity-default-loopback-tool": Finding.TOKEN_ADDRESS,
    "curlsecurity-port-not-allowed": Finding.TOKEN_ADDRESS,
    "expired-assertion": Finding.TOKEN_CLOCK,
    "iat-future-3s": Finding.TOKEN_CLOCK,
    "iat-future-60s": Finding.TOKEN_CLOCK,
    "no-exp": Finding.TOKEN_WHOLE,
    "no-jti": Finding.TOKEN_WHOLE,
    "no-scope": Finding.TOKEN_REFUSED,
    "ok": Finding.TOKEN_WHOLE,
    "ok-https-tool": Finding.TOKEN_WHOLE,
    "scope-basicoutcome": Finding.TOKEN_SCOPE,
    "scope-partly-unknown": Finding.TOKEN_PART,
    "scope-unknown": Finding.TOKEN_SCOPE,
    "unknown-client": Finding.TOKEN_CLIENT,
    "unknown-kid": Finding.TOKEN_SIGNATURE,
    "wrong-aud": Finding.TOKEN_WHOLE,
    "wrong-iss": Finding.TOKEN_WHOLE,
}


@pytest.mark.parametrize("name", sorted(TOKENS))
def test_what_a_real_moodle_says_to_a_request_for_a_token(connection: Connection, lms: Lms, name: str) -> None:
    recorded = json.loads((RECORDINGS / f"token-{name}.json").read_text(encoding="utf-8"))["response"]
    lms.always("token", lambda: respond(recorded["status"], recorded["reason"], recorded["body"]))
    assert connection.check()[StepName.TOKEN].finding is TOKENS[name]


def test_every_recorded_token_answer_is_judged() -> None:
    assert {path.stem.removeprefix("token-") for path in RECORDINGS.glob("token-*.json")} == set(TOKENS)
