"""Tasks that are played move by move: nothing is lost, nothing counts twice, the end is marked."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from course_packs import CompiledPack, compile_pack, tasks
from course_packs.format.model import Task
from lti_tool.catalog.releases import publish
from lti_tool.footprint.models import FootprintEvent
from lti_tool.learning.models import Answer, Attempt, RunMove
from lti_tool.lti import claims
from tests.platform import FakePlatform
from tests.walker import Walker

EVERY_TASK = compile_pack(Path(__file__).parents[2] / "docs/authoring/every-task")
SHIFT = "simulation/shift"
ORDER = "dialogue/order"


class Player(Walker):
    """Plays by what stands in the page."""

    def task(self, session: Session, name: str) -> Task:
        attempt = session.scalars(select(Attempt).order_by(Attempt.number.desc())).first()
        assert attempt is not None
        return tasks.concrete(EVERY_TASK.task(name), attempt.seed)

    def page(self, name: str, query: str = "") -> BeautifulSoup:
        return self.soup(f"units/{name}{query}")

    def move(self, name: str, values: dict[str, Any], query: str = "", **headers: str) -> TestResponse:
        hidden = self.page(name, query).select("form[data-answer] > input[type=hidden]")
        return self.post(
            f"units/{name}", {**{str(one["name"]): one["value"] for one in hidden}, **values}, headers=headers
        )

    def play(self, name: str, reckless: bool = False) -> None:
        """To the end: the first reply to everything, the levers left alone or thrown over."""
        query = "?again=1"
        for _ in range(70):
            page = self.page(name, query)
            if page.select_one("input[name=place]") is None:
                return
            query = ""
            reply = page.select_one("button[name=reply]")
            values: dict[str, Any] = {} if reply is None else {"reply": reply["value"]}
            for radio in page.select("fieldset.news input"):
                values.setdefault(str(radio["name"]), radio["value"])
            if reckless and reply is None:
                values |= {"set-guard": "off", "set-speed": "8000", "set-feed": "600", "set-coolant": "off"}
            hidden = page.select("form[data-answer] > input[type=hidden]")
            sent = self.post(f"units/{name}", {**{str(one["name"]): one["value"] for one in hidden}, **values})
            assert sent.status_code == 303, sent.text
            if session_over(self, name):
                return
        raise AssertionError("it does not end")

    def play_right(self, session: Session, name: str) -> None:
        """The author's best run, through the form."""
        self.page(name)
        task = self.task(session, name)
        kind = tasks.get_type(task.type)
        moves: list[Any] = []
        for wanted in kind.solution(task, language="ru")["moves"]:
            page = self.page(name)
            values: dict[str, Any] = {}
            if "reply" in wanted:
                values["reply"] = wanted["reply"]
            else:
                for control, value in wanted["controls"].items():
                    values[f"set-{control}"] = {True: ["off", "on"], False: "off"}.get(value, value)
                texts = [
                    reply.text["ru"]
                    for event, given in wanted["replies"].items()
                    for reply in simulation_of(task).events[event].replies
                    if reply.id == given
                ]
                for label in page.select("fieldset.news label"):
                    radio = label.select_one("input")
                    if radio is not None and label.text.strip() in texts:
                        values[str(radio["name"])] = radio["value"]
            sent = self.move(name, values)
            assert sent.status_code == 303, sent.text
            moves.append(wanted)


def simulation_of(task: Task) -> Any:
    from course_packs.tasks import simulation

    return simulation._simulation(task.spec["source"])


def session_over(player: Player, name: str) -> bool:
    return player.page(name).select_one("#feedback") is not None


def body(platform: FakePlatform) -> dict[str, Any]:
    return platform.with_gradebook(**{claims.CUSTOM: {"pack": "every-task"}})


@pytest.fixture
def every_task(app: Flask, session: Session) -> CompiledPack:
    publish(session, EVERY_TASK)
    session.commit()
    return EVERY_TASK


@pytest.fixture
def player(app: Flask, every_task: CompiledPack, platform: FakePlatform) -> Player:
    return Player(app.test_client(), platform, body(platform))


def answers(session: Session) -> list[Answer]:
    session.rollback()
    return list(session.scalars(select(Answer).order_by(Answer.try_number)))


def moves(session: Session) -> list[tuple[int, int]]:
    session.rollback()
    rows = session.scalars(select(RunMove).order_by(RunMove.try_number, RunMove.number))
    return [(row.try_number, row.number) for row in rows]


@pytest.mark.parametrize("name", [SHIFT, ORDER])
def test_a_run_to_its_end_is_an_answer(player: Player, session: Session, name: str) -> None:
    player.play_right(session, name)
    (answer,) = answers(session)
    assert (answer.verdict, answer.fraction, answer.mistakes) == ("correct", Decimal(1), [])
    assert len(answer.response["moves"]) == len(moves(session))
    assert answer.points == EVERY_TASK.task(name).points
    events = session.scalars(select(FootprintEvent.verb)).all()
    assert events == ["started", "answered"]
    page = player.page(name)
    assert page.select_one("article[data-state=closed] #feedback.feedback--correct") is not None
    assert page.select_one("input[name=place]") is None


def test_what_a_run_was_worth_follows_from_what_is_stored(player: Player, session: Session) -> None:
    player.page(SHIFT)
    player.play(SHIFT, reckless=True)
    (answer,) = answers(session)
    task = player.task(session, SHIFT)
    outcome = tasks.get_type("simulation").mark(task, answer.response)
    assert (outcome.fraction, len(outcome.mistakes)) == (answer.fraction, len(answer.mistakes))
    assert {one["severity"] for one in answer.mistakes} >= {"critical"}


def test_each_move_is_kept_at_once_and_goes_on_from_another_device(
    app: Flask, player: Player, session: Session, platform: FakePlatform
) -> None:
    assert player.move(SHIFT, {"set-speed": "4500"}).status_code == 303
    assert moves(session) == [(1, 0)]
    assert answers(session) == []
    phone = Player(app.test_client(), platform, body(platform))
    page = phone.page(SHIFT)
    assert "2-е из 6" in page.text
    assert page.select_one("input[name=set-speed]")["value"] == "4500"  # type: ignore[index]


def test_a_move_sent_again_counts_once(player: Player, session: Session) -> None:
    hidden = player.page(SHIFT).select("form[data-answer] > input[type=hidden]")
    form = {str(one["name"]): str(one["value"]) for one in hidden}
    for _ in range(3):
        answered = player.post(f"units/{SHIFT}", form, headers={"X-Fragment": "task"})
        assert answered.status_code == 200
        assert "2-е из 6" in answered.text
    assert moves(session) == [(1, 0)]


def test_the_last_move_sent_again_is_one_answer(player: Player, session: Session) -> None:
    for text in ("Мастер занят, зайдите потом.",):
        page = player.page(ORDER)
        hidden = {str(one["name"]): str(one["value"]) for one in page.select("form[data-answer] > input[type=hidden]")}
        button = next(one for one in page.select("button[name=reply]") if one.text.strip() == text)
        for _ in range(2):
            assert player.post(f"units/{ORDER}", {**hidden, "reply": button["value"]}).status_code == 303
    assert [one.verdict for one in answers(session)] == ["wrong"]
    assert [one["severity"] for one in answers(session)[0].mistakes] == ["critical"]


def test_a_move_from_a_page_that_is_behind_is_refused_and_shows_how_things_stand(
    player: Player, session: Session
) -> None:
    hidden = player.page(SHIFT).select("form[data-answer] > input[type=hidden]")
    stale = {str(one["name"]): str(one["value"]) for one in hidden}
    assert player.move(SHIFT, {"set-feed": "200"}).status_code == 303
    refused = player.post(f"units/{SHIFT}", {**stale, "submission": "0" * 32, "set-feed": "600"})
    assert refused.status_code == 422
    page = BeautifulSoup(refused.text, "html.parser")
    assert "Этот ход уже сделан" in page.text
    assert "2-е из 6" in page.text
    assert page.select_one("input[name=set-feed]")["value"] == "200"  # type: ignore[index]
    assert moves(session) == [(1, 0)]


def test_a_move_that_cannot_be_made_costs_nothing_and_loses_nothing(player: Player, session: Session) -> None:
    refused = player.move(SHIFT, {"set-speed": "много", "set-feed": "450"})
    assert refused.status_code == 422
    page = BeautifulSoup(refused.text, "html.parser")
    assert page.select_one("input[name=set-feed]")["value"] == "450"  # type: ignore[index]
    assert moves(session) == []


def test_another_try_is_a_new_run_and_the_best_one_counts(player: Player, session: Session) -> None:
    player.page(SHIFT)
    player.play(SHIFT, reckless=True)
    page = player.page(SHIFT)
    again = page.select_one("a.button--main[href*=again]")
    assert again is not None
    fresh = player.soup(str(again["href"]))
    assert "1-е из 6" in fresh.text
    assert player.move(SHIFT, {}, query="?again=1").status_code == 303
    # Once begun, the run under way is what the page shows.
    assert "2-е из 6" in player.page(SHIFT).text
    player.play(SHIFT)
    first, second = answers(session)
    assert second.try_number == 2
    assert {one for one, _ in moves(session)} == {1, 2}
    assert player.page(SHIFT).select_one("article[data-state=closed]") is not None
    used_up = player.post(f"units/{SHIFT}", {**player.fields("finish"), "submission": "1" * 32, "place": "3.0"})
    assert used_up.status_code == 409
    assert max(first.points, second.points) == max(one.points for one in answers(session))


def test_an_attempt_finished_in_the_middle_of_a_run_says_so_and_it_gives_nothing(
    player: Player, session: Session
) -> None:
    player.move(SHIFT, {})
    page = player.soup("finish")
    assert "начато и не доиграно" in page.text
    assert page.select_one(f"li a[href$='{SHIFT}']") is not None
    player.finish()
    session.rollback()
    attempt = session.scalars(select(Attempt)).one()
    assert attempt.fraction == 0
    assert answers(session) == []
    assert moves(session) == [(1, 0)]
    page = player.page(SHIFT)
    assert "раньше, чем это дошло до конца" in page.text
    assert page.select_one("input[name=place]") is None
    late = player.post(f"units/{SHIFT}", {**player.fields("result"), "submission": "2" * 32, "place": "1.1"})
    assert late.status_code == 409


def test_moves_that_cannot_be_played_have_a_page_of_their_own(player: Player, session: Session) -> None:
    player.move(SHIFT, {})
    row = session.scalars(select(RunMove)).one()
    row.move = {"controls": {"no-such": "1"}, "replies": {}}
    session.commit()
    answered = player.get(f"units/{SHIFT}")
    assert answered.status_code == 409
    assert "LRN-RUN-BROKEN" in answered.text
    form = {**player.fields("finish"), "submission": "3" * 32, "place": "1.1"}
    assert "LRN-RUN-BROKEN" in player.post(f"units/{SHIFT}", form).text


def test_a_page_and_a_move_ask_the_database_no_more_with_a_longer_run(player: Player, session: Session) -> None:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    player.move(SHIFT, {})
    session.rollback()
    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    counts = []
    for _ in range(2):
        asked.clear()
        page = player.page(SHIFT)
        seen = len([one for one in asked if not one.startswith(("BEGIN", "COMMIT", "PRAGMA"))])
        news = {str(one["name"]): one["value"] for one in page.select("fieldset.news input")}
        asked.clear()
        assert player.move(SHIFT, news).status_code == 303
        counts.append((seen, len(asked)))
    event.remove(engine, "before_cursor_execute", note)
    assert counts[0] == counts[1]
    assert counts[0][0] <= 6


def test_a_whole_run_cannot_be_handed_in_at_once(player: Player, session: Session) -> None:
    player.page(SHIFT)
    moves_ = tasks.get_type("simulation").solution(player.task(session, SHIFT), language="ru")
    assert player.move(SHIFT, {"moves": str(moves_["moves"])}).status_code == 303
    assert answers(session) == []


def test_the_way_it_goes_is_not_in_the_page(player: Player) -> None:
    text = str(player.page(SHIFT))
    for word in ("expert", "no-guard", "spoiled", "made"):
        assert word not in text
    assert "points" not in str(player.page(ORDER).select_one("[data-fields]"))
