"""Dialogue: where replies lead, what they are worth, and what is proved of all ways."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs import ResponseError, compile_pack
from course_packs.format.model import Task
from course_packs.format.played_codes import PLAYED_CODES
from course_packs.tasks import MovesError, PlayedType, concrete, dialogue
from course_packs.tasks.conversation import all_replies, explore, offered
from tests.course_packs.samples import Samples, task_findings, task_of
from tests.course_packs.simulation.samples import EXAMPLE

ids = st.sampled_from("abcdex")
SAMPLES = Samples(
    fields=["reply"],
    words=["a", "b", "c"],
    responses=st.fixed_dictionaries({"moves": st.lists(st.fixed_dictionaries({"reply": ids}), max_size=9)}),
    secrets=["points", "gone", "insist"],
)
ORDER = concrete(compile_pack(EXAMPLE.parents[2]).task("dialogue/order"), 7)

TALK = """\
type: dialogue
speakers: {boss: Мастер}
nodes:
  door:
    speaker: boss
    text: Кто там?
    replies:
      me: {text: Я, to: task, points: 1}
      hey: {text: Эй, answer: Не понял., mistake: {kind: communication, severity: minor, note: Грубо}}
  task:
    speaker: boss
    text: Что умеешь?
    replies:
      ask: {text: А что надо?, answer: Пилить., points: 2, feedback: "**Да**"}
      back: {text: Забыл представиться, to: door, unsaid: [door.hey]}
      ready: {text: Пилить, to: end, points: 3, said: [task.ask]}
      go: {text: Пойду, to: out}
endings:
  end: {text: Держи пилу.}
  out: {text: Бывай.}
"""


@pytest.fixture(scope="module")
def talk() -> Task:
    return concrete(task_of(TALK), 3)


def broken(*changes: tuple[str, str]) -> list[str]:
    text = TALK
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return task_findings(text)


def say(task: Task, *texts: str) -> list[dict[str, Any]]:
    """The moves of somebody who says this."""
    moves: list[dict[str, Any]] = []
    for text in texts:
        shown = dialogue.scene(task, moves, language="ru")["replies"]
        reply = next(one["id"] for one in shown if one["html"] == text)
        moves.append(dict(dialogue.read_move(task, moves, {"reply": [reply]})))
    return moves


def test_it_is_played(talk: Task) -> None:
    assert isinstance(dialogue, PlayedType)
    with pytest.raises(ResponseError, match="by-moves"):
        dialogue.read(talk, {"reply": ["a"]})


BROKEN: list[tuple[list[tuple[str, str]], str]] = [
    ([("speakers: {boss: Мастер}\n", "")], "P010"),
    ([("speakers: {boss: Мастер}\n", "speakers: {}\n")], "P016"),
    ([("      hey:", "      me:")], "P006"),
    ([("{text: Я, to: task, points: 1}", "{text: Эй, to: task, points: 1}")], "P204"),
    ([("to: task", "to: tsak")], "P262"),
    ([("to: out", "to: door"), ("  out: {text: Бывай.}\n", "")], "P263"),
    ([("go: {text: Пойду, to: out}", "go: {text: Пойду, to: out, said: [task.ask]}")], "P263"),
    ([("  out: {", "  never: {text: Никогда.}\n  out: {")], "P264"),
    ([("said: [task.ask]", "said: [door.hey], unsaid: [door.hey]")], "P264"),
    ([("points: 1", "points: 0"), ("points: 2", "points: 0"), ("points: 3", "points: 0")], "P265"),
    ([("answer: Не понял.", "points: 9")], "P266"),
    ([("said: [task.ask]", "said: [task.aks]")], "P267"),
    ([("said: [task.ask]", "said: [[task.ask]]")], "P020"),
    ([("  out: {text", "  door: {text: Да.}\n  out: {text")], "P268"),
    ([("    speaker: boss\n    text: Кто", "    speaker: bos\n    text: Кто")], "P271"),
    ([("  door:\n", "  Дверь:\n")], "P013"),
]


@pytest.mark.parametrize(("changes", "code"), BROKEN)
def test_what_is_wrong_is_told(changes: list[tuple[str, str]], code: str) -> None:
    assert code in broken(*changes)


def test_every_code_of_played_tasks_has_a_broken_file() -> None:
    elsewhere = {"P260", "P261", "P269", "P270"}  # below, and in test_simulation
    assert {code for _, code in BROKEN} >= set(PLAYED_CODES) - elsewhere


def test_a_sound_talk_has_nothing_wrong() -> None:
    assert task_findings(TALK) == []


def hub(count: int, questions: int) -> str:
    nodes = "".join(
        f"  n{number}:\n    speaker: boss\n    text: Н{number}\n    replies:\n"
        + "".join(f"      q{one}: {{text: В{one}, points: 1}}\n" for one in range(questions))
        + f"      on: {{text: Дальше, to: {'end' if number == count - 1 else f'n{number + 1}'}}}\n"
        for number in range(count)
    )
    return f"type: dialogue\nspeakers: {{boss: Мастер}}\nnodes:\n{nodes}endings:\n  end: {{text: Всё.}}\n"


def test_a_talk_too_tangled_or_too_long_is_told() -> None:
    assert task_findings(hub(2, 4)) == []
    assert task_findings(hub(6, 4)) == ["P269"]
    assert task_findings(hub(21, 1).replace("q0: {text: В0, points: 1}", "q0: {text: В0, points: 1, to: end}")) == [
        "P270"
    ]


def test_the_best_way_is_found_and_is_the_shortest(talk: Task) -> None:
    assert talk.spec["best"] == "6"
    assert [one["reply"] for one in dialogue.solution(talk, language="ru")["moves"]] == [
        one["reply"] for one in say(talk, "Я", "А что надо?", "Пилить")
    ]


def test_a_talk_grows_and_what_is_said_opens_replies(talk: Task) -> None:
    moves = say(talk, "Я")
    shown = dialogue.scene(talk, moves, language="ru")
    assert [line["html"] for line in shown["lines"]] == ["Кто там?", "Я", "Что умеешь?"]
    assert shown["fresh"] == 2
    assert {one["html"] for one in shown["replies"]} == {"А что надо?", "Забыл представиться", "Пойду"}
    shown = dialogue.scene(talk, say(talk, "Я", "А что надо?"), language="ru")
    assert [line["html"] for line in shown["lines"]][-2:] == ["А что надо?", "Пилить."]
    assert {one["html"] for one in shown["replies"]} == {"Забыл представиться", "Пилить", "Пойду"}


def test_a_reply_that_leads_back_is_given_once(talk: Task) -> None:
    moves = say(talk, "Я", "Забыл представиться", "Я")
    assert "Забыл представиться" not in {one["html"] for one in dialogue.scene(talk, moves, language="ru")["replies"]}
    rude = dialogue.scene(talk, say(talk, "Эй", "Я"), language="ru")
    assert "Забыл представиться" not in {one["html"] for one in rude["replies"]}


@pytest.mark.parametrize(
    ("texts", "fraction"),
    [
        (("Я", "А что надо?", "Пилить"), "1"),
        (("Я", "Забыл представиться", "Я", "А что надо?", "Пилить"), "1"),
        (("Я", "А что надо?", "Пойду"), "0.5"),
        (("Эй", "Я", "Пойду"), "0.16667"),
        (("Я", "А что надо?"), "0"),
    ],
)
def test_points_count_once_and_only_to_the_end(talk: Task, texts: tuple[str, ...], fraction: str) -> None:
    assert dialogue.mark(talk, {"moves": say(talk, *texts)}).fraction == Decimal(fraction)


def test_what_mattered_comes_with_the_end(talk: Task) -> None:
    moves = say(talk, "Эй", "Я", "А что надо?", "Пилить")
    outcome = dialogue.mark(talk, {"moves": moves})
    assert [(one.kind, one.note["ru"]) for one in outcome.mistakes] == [("communication", "Грубо")]
    assert outcome.parts == {"door.hey": False, "door.me": True, "task.ask": True, "task.ready": True}
    told = dialogue.scene(talk, moves, language="ru")["debriefing"]["told"]
    assert [(one["html"], one["good"], one["words"]) for one in told] == [
        ("Эй", False, "Грубо"),
        ("А что надо?", True, ""),
    ]
    assert dialogue.scene(talk, moves, language="ru")["ending"] == {"html": "<p>Держи пилу.</p>"}


def test_replies_that_are_not_offered_are_refused(talk: Task) -> None:
    over = say(talk, "Я", "Пойду")
    for moves, form, code in (
        ([], {}, "empty"),
        ([], {"reply": ["z"]}, "unknown-option"),
        (over, {"reply": ["a"]}, "run-over"),
    ):
        with pytest.raises(ResponseError, match=code):
            dialogue.read_move(talk, moves, form)
    with pytest.raises(MovesError):
        dialogue.scene(talk, [{"reply": "z"}], language="ru")
    with pytest.raises(MovesError):
        dialogue.scene(talk, [*over, {"reply": "a"}], language="ru")


def test_a_talk_in_words(talk: Task) -> None:
    assert dialogue.describe(talk, {"moves": say(talk, "Эй", "Я", "Пойду")}, language="ru") == "Эй → Я → Пойду"
    assert dialogue.describe(talk, {"moves": [{"reply": "z"}]}, language="ru") == ""
    assert dialogue.draft(talk, {"reply": ["a"]}) == {}


def test_replies_stand_in_different_orders() -> None:
    task = task_of(TALK)
    orders = {
        tuple(one["html"] for one in dialogue.scene(concrete(task, seed), [], language="ru")["replies"])
        for seed in range(8)
    }
    assert len(orders) == 2


def choices(task: Task, picks: list[int]) -> list[Mapping[str, Any]]:
    """A talk to its end: each pick takes one of the replies offered, then the first ones that lead on."""
    moves: list[Mapping[str, Any]] = []
    said: set[str] = set()
    at = task.spec["start"]
    while at not in task.spec["endings"]:
        replies = offered(task.spec, at, said)
        reply = replies[picks.pop(0) % len(replies)] if picks else next(one for one in replies if not one["back"])
        moves.append({"reply": reply["id"]})
        said.add(reply["key"])
        at = reply["to"]
    return moves


@given(st.lists(st.integers(0, 4), max_size=30))
def test_every_talk_ends_and_is_marked_within_bounds(picks: list[int]) -> None:
    for task in (ORDER, concrete(task_of(TALK), 1)):
        moves = choices(task, list(picks))
        outcome = dialogue.mark(task, {"moves": moves})
        assert 0 <= outcome.fraction <= 1
        assert len(moves) <= explore(task.spec).longest
        assert outcome.mistakes or outcome.fraction <= 1


@given(st.lists(st.integers(0, 4), max_size=30))
def test_one_more_good_reply_never_lowers_the_score(picks: list[int]) -> None:
    moves = choices(ORDER, list(picks))
    asked = [one for one in ORDER.spec["nodes"]["questions"]["replies"] if one["back"]]
    at = ORDER.spec["start"]
    for number, move in enumerate(moves):
        if at == "questions":
            given_ids = {one["reply"] for one in moves[number:] if one["reply"] in {reply["id"] for reply in asked}}
            missing = [reply["id"] for reply in asked if reply["id"] not in given_ids]
            more = [*moves[:number], *({"reply": one} for one in missing), *moves[number:]]
            better = dialogue.mark(ORDER, {"moves": more}).fraction
            assert better >= dialogue.mark(ORDER, {"moves": moves}).fraction
            return
        at = next(one for one in ORDER.spec["nodes"][at]["replies"] if one["id"] == move["reply"])["to"]


def test_every_reply_of_the_example_is_reached() -> None:
    ways = explore(ORDER.spec)
    assert {one["key"] for one in all_replies(ORDER.spec)} <= ways.reached
    assert ways.complete
