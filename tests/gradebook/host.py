"""A platform's services over real HTTP, which keeps Moodle's rules unless a test says otherwise."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from threading import Barrier, Lock
from typing import Any
from uuid import UUID

import jwt
import pytest
from flask import Flask, current_app
from pytest_httpserver import HTTPServer
from sqlalchemy import Executable, Select, event, inspect, select
from sqlalchemy.orm import Session
from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler

from lti_tool.clock import now
from lti_tool.db import db, reading
from lti_tool.gradebook import outbox
from lti_tool.gradebook.delivery import deliver
from lti_tool.gradebook.models import LineItem, OutgoingScore
from lti_tool.gradebook.sweep import sweep
from lti_tool.lti import keys
from lti_tool.lti.models import ToolKey
from lti_tool.lti.services.http import ServiceHttp
from lti_tool.people.models import Identity
from lti_tool.schools.models import Deployment, Platform
from tests.factories import DeploymentFactory, IdentityFactory, LineItemFactory, PlatformFactory

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
ALL_SCOPES = [AGS + name for name in ("lineitem", "lineitem.readonly", "result.readonly", "score")]
TOKEN_PATH = "/mod/lti/token.php"
CONTAINER_PATH = "/mod/lti/services.php/2/lineitems"
COLUMN_PATH = f"{CONTAINER_PATH}/2/lineitem"

Handler = Callable[[Request], Response]


def respond(status: int, reason: str = "", body: Any = "", headers: dict[str, str] | None = None) -> Response:
    """Make an answer with a reason phrase of one's own; a body that is not text becomes JSON."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return Response(text, status=f"{status} {reason or 'Whatever'}", headers=headers)


@dataclass
class Grade:
    """What the host's grade book holds for one person."""

    score: float
    maximum: float
    second: int
    overridden: bool = False


@dataclass
class Host:
    """The platform's side: what was asked of it, what it holds, and the answers that a test puts before its own."""

    server: HTTPServer
    ahead: timedelta = timedelta()
    requests: list[str] = field(default_factory=list)
    scores: list[dict[str, Any]] = field(default_factory=list)
    score_requests: list[Request] = field(default_factory=list)
    assertions: list[dict[str, Any]] = field(default_factory=list)
    grades: dict[str, Grade] = field(default_factory=dict)
    elsewhere: dict[str, dict[str, Grade]] = field(default_factory=dict)  # grades of other columns, by their path
    columns: list[dict[str, Any]] = field(default_factory=list)
    made: list[dict[str, Any]] = field(default_factory=list)
    granted: list[str] = field(default_factory=lambda: list(ALL_SCOPES))
    maximum: float = 20
    answers: dict[str, list[Response | Handler]] = field(default_factory=dict)
    token: str = "token-1"
    lock: Lock = field(default_factory=Lock)

    @property
    def url(self) -> str:
        return self.server.url_for("").rstrip("/")

    @property
    def column_url(self) -> str:
        return f"{self.url}{COLUMN_PATH}?type_id=1"

    @property
    def container_url(self) -> str:
        return f"{self.url}{CONTAINER_PATH}?type_id=1"

    def next(self, kind: str, *answers: Response | Handler) -> None:
        """Answer the next requests of a kind (token, score, results, container, column) like this."""
        self.answers.setdefault(kind, []).extend(answers)

    def always(self, kind: str, answer: Callable[[], Response]) -> None:
        """Answer every request of a kind like this."""

        def handler(request: Request) -> Response:
            self.answers[kind].append(handler)
            return answer()

        self.answers[kind] = [handler]

    def shows(self, subject: str) -> float | None:
        """Return the grade that the grade book shows of a person."""
        return self.grades[subject].score if subject in self.grades else None

    def handle(self, request: Request) -> Response:
        with self.lock:
            return self._answer(request)

    def date(self) -> str:
        """Return what the host's clock says, as it says it."""
        return format_datetime(now() + self.ahead, usegmt=True)

    def _answer(self, request: Request) -> Response:
        kind = self._kind(request)
        self.requests.append(kind)
        if kind == "score":
            self.scores.append(json.loads(request.get_data()))
            self.score_requests.append(request)
        waiting = self.answers.get(kind)
        if waiting:
            answer = waiting.pop(0)
            return answer(request) if callable(answer) and not isinstance(answer, Response) else answer
        if kind != "token" and request.headers.get("Authorization") != f"Bearer {self.token}":
            return respond(401, "Unauthorized", {"status": 401, "reason": "Unauthorized"})
        return getattr(self, f"_{kind}")(request)

    def _kind(self, request: Request) -> str:
        path = request.path
        if path == TOKEN_PATH:
            return "token"
        if path.endswith("/scores"):
            return "score"
        if path.endswith("/results"):
            return "results"
        return "container" if path.endswith("/lineitems") else "column"

    def _token(self, request: Request) -> Response:
        claims = jwt.decode(request.form["client_assertion"], options={"verify_signature": False})
        self.assertions.append(claims)
        if claims["iat"] > (now() + self.ahead).timestamp():
            return respond(400, "Bad Request", {"error": "Cannot handle token with iat prior to …"})
        body = {"access_token": self.token, "token_type": "Bearer", "expires_in": 3600, "scope": " ".join(self.granted)}
        return respond(200, "OK", body)

    def _score(self, request: Request) -> Response:
        body = self.scores[-1]
        second = int(datetime.fromisoformat(body["timestamp"]).timestamp())
        book = self._book(request)
        held = book.get(body["userId"])
        if held and held.second >= second:
            words = f"Refusing score with an earlier timestamp for item 2 and user {body['userId']}"
            return respond(409, words, [])
        if body["gradingProgress"] != "FullyGraded":
            book.pop(body["userId"], None)
        elif held is None or not held.overridden:
            score = body["scoreGiven"] / body["scoreMaximum"] * self.maximum
            book[body["userId"]] = Grade(score, self.maximum, second)
        return respond(200, "OK", "")

    def _results(self, request: Request) -> Response:
        wanted = request.args.get("user_id")
        results = []
        for user_id, grade in self._book(request).items():
            stamp = datetime.fromtimestamp(grade.second, now().tzinfo).isoformat()
            result = {"userId": user_id, "resultScore": grade.score, "resultMaximum": grade.maximum, "timestamp": stamp}
            if wanted in {None, user_id}:
                results.append(result)
        return respond(200, "OK", results)

    def _book(self, request: Request) -> dict[str, Grade]:
        column = request.path.rpartition("/")[0]
        return self.grades if column == COLUMN_PATH else self.elsewhere.setdefault(column, {})

    def _container(self, request: Request) -> Response:
        if request.method == "POST":
            return respond(201, "Created", self.make(**json.loads(request.get_data())))
        filters = {"resource_link_id": "resourceLinkId", "resource_id": "resourceId", "tag": "tag"}
        wanted = {member: request.args[name] for name, member in filters.items() if name in request.args}
        return respond(200, "OK", [item for item in self.columns if wanted.items() <= item.items()])

    def make(self, **members: Any) -> dict[str, Any]:
        """Make a column, as Moodle does: nobody looks whether there is one like it."""
        number = 100 + len(self.made)
        item = {**members, "id": f"{self.url}{CONTAINER_PATH}/{number}/lineitem?type_id=1"}
        self.made.append(item)
        self.columns.append(item)
        return item

    def _column(self, request: Request) -> Response:
        item = next((one for one in self.columns if one["id"].partition("?")[0].endswith(request.path)), None)
        if item is None and request.path == COLUMN_PATH:
            return respond(200, "OK", {"id": self.column_url, "label": "Урок 1", "scoreMaximum": self.maximum})
        if item is None:
            return respond(404, "Not Found")
        if request.method == "DELETE":
            self.columns.remove(item)
            return respond(204, "No Content")
        if request.method == "PUT":
            item.clear()
            item.update(json.loads(request.get_data()))
        return respond(200, "OK", item)


@dataclass
class Course:
    """One column on one host, as our database knows it."""

    app: Flask
    session: Session
    platform: Platform
    deployment: Deployment
    item: LineItem

    def learner(self, **values: Any) -> Identity:
        identity = IdentityFactory(platform=self.platform, **values)
        self.session.commit()
        return detached(self.session, identity)

    def put(self, identity: Identity, fraction: str | Decimal, **values: Any) -> UUID:
        """Put a score into the outbox and commit."""
        score = outbox.put_score(
            self.session,
            line_item_id=self.item.id,
            identity_id=identity.id,
            fraction=Decimal(fraction),
            **{"submitted_at": now(), **values},
        )
        self.session.commit()
        return score.id

    def score(self, score_id: UUID) -> OutgoingScore:
        """Return the row as it stands now."""
        (row,) = (row for row in self.scores() if row.id == score_id)
        return row

    def scores(self) -> list[OutgoingScore]:
        """Return all rows, oldest first."""
        return self.ask(select(OutgoingScore).order_by(OutgoingScore.id))

    def ledger(self, score_id: UUID) -> list[outbox.LedgerEntry]:
        """Return the tries, newest first."""
        with reading(), Session(db.engine) as session:
            return outbox.ledger(session, score_id)

    def ask(self, statement: Select[Any]) -> list[Any]:
        """Return what is in the database now; no transaction stays open."""
        with reading(), Session(db.engine, expire_on_commit=False) as session:
            return list(session.scalars(statement))

    def change(self, statement: Executable) -> None:
        """Change the database behind everybody's back."""
        with Session(db.engine) as session, session.begin():
            session.execute(statement)

    def resend(self, score_id: UUID) -> bool:
        """Ask for a score to be sent again, and commit."""
        asked = outbox.resend(self.session, score_id)
        self.session.commit()
        return asked


def detached(session: Session, row: Any) -> Any:
    """Return a row with its values, free of the session: a test that looks at it opens no transaction."""
    session.refresh(row)
    session.expunge(row)
    session.commit()
    return row


def make_course(session: Session, host: Host, **platform: Any) -> Course:
    """Register a host as a platform with one deployment and one column."""
    row = PlatformFactory(
        issuer=host.url,
        auth_url=f"{host.url}/mod/lti/auth.php",
        token_url=host.url + TOKEN_PATH,
        jwks_url=f"{host.url}/mod/lti/certs.php",
        **platform,
    )
    deployment = DeploymentFactory(platform=row, deployment_id="1")
    item = LineItemFactory(
        deployment=deployment, resource_link_id="1", url=host.column_url, container_url=host.container_url
    )
    _add_key(session)
    session.commit()
    app = current_app._get_current_object()
    return Course(app, session, detached(session, row), detached(session, deployment), detached(session, item))


_key: dict[str, Any] = {}


def _add_key(session: Session) -> None:
    """Give the tool a key, the same one in each test: to make one takes longer than most tests."""
    if not _key:
        keys.ensure_key(session)
        row = session.scalars(select(ToolKey)).one()
        _key.update({column.key: getattr(row, column.key) for column in inspect(ToolKey).columns})
    elif session.get(ToolKey, _key["kid"]) is None:
        session.add(ToolKey(**_key))


def deliver_due() -> int:
    """Do what a worker does: deliver all that is due, until nothing is; return how many were taken up."""
    done = 0
    while due := sweep():
        for score_id in due:
            deliver(score_id)
            done += 1
        assert done < 500, "a score comes back at once, for ever"
    db.session.rollback()
    return done


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """A platform's services at an address of their own."""
    server = HTTPServer(host="127.0.0.1", port=0, threaded=True)
    made = Host(server)
    monkeypatch.setattr(WSGIRequestHandler, "date_time_string", lambda handler, timestamp=None: made.date())
    server.expect_request(re.compile(".*")).respond_with_handler(made.handle)
    server.start()
    yield made
    server.clear()
    if server.is_running():
        server.stop()


@pytest.fixture
def course(app: Flask, session: Session, host: Host, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A column on the host. The host is given more time than it needs: the machine of the tests may be busy."""
    monkeypatch.setitem(app.extensions, "lti.http", ServiceHttp(connect_timeout=5, read_timeout=10))
    return make_course(session, host)


def at_once(course: Course, number: int, work: Any) -> list[Any]:
    """Do the same in several threads that begin together; return what came of it."""
    barrier = Barrier(number)

    def run(index: int) -> Any:
        with course.app.app_context():
            barrier.wait()
            try:
                return work(index)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect what is said to the database within the block."""
    said: list[str] = []

    def note(*context: Any) -> None:
        said.append(context[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
