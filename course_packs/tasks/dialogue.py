"""Dialogue: a conversation that goes where the replies lead it (a branching scenario).

Nodes say something and offer replies; a reply may be answered, and leads to a node or an ending. The answer is
`{"moves": [{"reply": id}, …]}` up to an ending. Fraction = points of the replies given, each counted once, / points of
the best way without a mistake. `parts` tells for each reply given that is worth points or a mistake (`node.reply`)
whether it was a good one.
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from course_packs.format.canonical import load_mistake
from course_packs.format.diagnostics import Report
from course_packs.format.fields import (
    as_mapping,
    check_keys,
    decimal,
    decimal_text,
    items_at,
    mapping_at,
    scalar_at,
    slug_key,
)
from course_packs.format.markdown import plain_text
from course_packs.format.model import Spec, Task, pick
from course_packs.format.texts import text_at, text_or_none
from course_packs.format.yaml_source import MappingNode, Node, ScalarNode
from course_packs.tasks.arrangement import opaque_ids, report_repeats, shuffled
from course_packs.tasks.contract import (
    Form,
    Move,
    MovesError,
    Outcome,
    Response,
    ResponseError,
    moves_of,
    only,
    outcome,
)
from course_packs.tasks.conversation import LIMIT, Reply, all_replies, explore, offered, points_of, reply_key
from course_packs.tasks.mistakes import mistake_data

name: Final = "dialogue"
SCHEMA: Final[Mapping[str, str]] = {
    "speakers": "1–6 × name: text",
    "nodes": (
        "1–40 × name: {speaker, text, replies: 2–5 × name: {text, to?, points? (0), answer?, feedback?, mistake?, "
        "said?, unsaid?}}; the first one begins"
    ),
    "endings": "1–10 × name: {text}",
}
_KEYS: Final = ("text", "to", "points", "answer", "feedback", "mistake", "said", "unsaid")
LONGEST: Final = 20


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: {speakers: {id: text}, start, nodes: {id: {speaker, text, replies}}, endings: {id: {text}}, key, best}.

    A reply: {id, key, text, answer, to, back, points, feedback, mistake, said, unsaid}. Generated: {…, seed}.
    """
    for key in ("speakers", "nodes", "endings"):
        if node.get(key) is None:
            report.add("P010", node, key=key)
    speakers = mapping_at(node, "speakers", report)
    names = {} if speakers is None else {key: text_at(speakers, key, report, "inline") for key in speakers.entries}
    nodes = _sized(node, "nodes", report, 1, 40)
    endings = _sized(node, "endings", report, 1, 10)
    reader = _Reader(report, list(names), list(nodes), list(endings))
    if speakers is not None and not 1 <= len(names) <= 6:
        report.add("P016", speakers, count=len(names), low=1, high=6)
    spec: dict[str, Any] = {
        "speakers": names,
        "start": next(iter(nodes), ""),
        "nodes": {key: reader.node(key, value) for key, value in nodes.items()},
        "endings": {key: reader.ending(value) for key, value in endings.items()},
        "key": [],
        "best": "0",
    }
    for key in endings:
        if key in nodes:
            report.add("P268", endings[key], key=key)
    if reader.sound and nodes and endings:
        reader.check_conditions(spec)
    if reader.sound and nodes and endings:
        _check_ways(spec, node, nodes, endings, report)
    return spec


def _sized(node: MappingNode, key: str, report: Report, low: int, high: int) -> dict[str, MappingNode]:
    mapping = mapping_at(node, key, report)
    if mapping is None:
        return {}
    if not low <= len(mapping.entries) <= high:
        report.add("P016", mapping, count=len(mapping.entries), low=low, high=high)
    entries = {
        one: as_mapping(value, report)
        for one, value in list(mapping.entries.items())[:high]
        if slug_key(one, mapping.keys[one], report)
    }
    return {one: value for one, value in entries.items() if value is not None}


class _Reader:
    """Reads nodes and endings. `sound` until something is found that makes a walk through the talk senseless."""

    def __init__(self, report: Report, speakers: list[str], nodes: list[str], endings: list[str]) -> None:
        self._report = report
        self._speakers = speakers
        self._nodes = nodes
        self._endings = endings
        self._conditions: list[tuple[str, Node]] = []
        self.sound = True

    def _fault(self, code: str, where: Node, **params: object) -> None:
        self._report.add(code, where, **params)
        self.sound = False

    def ending(self, node: MappingNode) -> dict[str, Any]:
        check_keys(node, self._report, ("text",), required=("text",))
        return {"text": text_at(node, "text", self._report, "block")}

    def node(self, key: str, node: MappingNode) -> dict[str, Any]:
        report = self._report
        check_keys(node, report, ("speaker", "text", "replies"), required=("speaker", "text", "replies"))
        speaker = scalar_at(node, "speaker", report)
        if speaker is not None and speaker.value not in self._speakers:
            guess = report.guess(speaker.value, self._speakers)
            report.add("P271", speaker, value=speaker.value, guess=guess)
        mappings = _sized(node, "replies", report, 2, 5)
        texts = [text_at(one, "text", report, "inline") for one in mappings.values()]
        report_repeats(list(zip(texts, mappings.values(), strict=True)), report)
        replies = [
            self._reply(key, reply, reply_id, mapping)
            for (reply, mapping), reply_id in zip(mappings.items(), opaque_ids(texts), strict=True)
        ]
        if not any(not one["back"] and not one["said"] and not one["unsaid"] for one in replies):
            self._fault("P263", node, key=key)
        return {
            "speaker": "" if speaker is None else speaker.value,
            "text": text_at(node, "text", report, "inline"),
            "replies": replies,
        }

    def _reply(self, node_id: str, name_: str, reply_id: str, node: MappingNode) -> dict[str, Any]:
        report = self._report
        check_keys(node, report, _KEYS, required=("text",))
        to = scalar_at(node, "to", report)
        target = node_id if to is None else to.value
        places = [*self._nodes, *self._endings]
        if target not in places:
            assert to is not None, "a node is a place"
            self._fault("P262", to, key=node_id, value=target, guess=report.guess(target, places))
        on = target in self._endings or target in self._nodes[self._nodes.index(node_id) + 1 :]
        return {
            "id": reply_id,
            "key": reply_key(node_id, name_),
            "text": text_at(node, "text", report, "inline"),
            "answer": text_or_none(node, "answer", report, "inline"),
            "to": target,
            "back": not on,
            "points": decimal_text(decimal(node, "points", report, default=Decimal(0), high=100)),
            "feedback": text_or_none(node, "feedback", report, "block"),
            "mistake": mistake_data(node, report).get("mistake"),
            "said": self._condition(node, "said"),
            "unsaid": self._condition(node, "unsaid"),
        }

    def _condition(self, node: MappingNode, key: str) -> list[str]:
        found = []
        for item in items_at(node, key, self._report, at_most=8):
            if isinstance(item, ScalarNode):
                self._conditions.append((item.value, item))
                found.append(item.value)
            else:
                self._fault("P020", item)
        return found

    def check_conditions(self, spec: Spec) -> None:
        """Conditions may speak of replies of any node, so they are looked at when all are read."""
        known = [one["key"] for one in all_replies(spec)]
        for key, place in self._conditions:
            if key not in known:
                self._fault("P267", place, value=key, guess=self._report.guess(key, known))


def _check_ways(
    spec: dict[str, Any],
    node: MappingNode,
    nodes: Mapping[str, MappingNode],
    endings: Mapping[str, MappingNode],
    report: Report,
) -> None:
    ways = explore(spec)
    place = node.keys["nodes"]
    if not ways.complete:
        report.add("P269", place, limit=LIMIT)
        return
    spec["key"], spec["best"] = list(ways.key), decimal_text(ways.best)
    for key, one in [*nodes.items(), *endings.items()]:
        if key not in ways.reached:
            report.add("P264", one, key=key)
    for reply in all_replies(spec):
        node_id = reply["key"].partition(".")[0]
        if node_id in ways.reached and reply["key"] not in ways.reached:
            report.add("P264", nodes[node_id], key=reply["key"])
    if ways.best <= 0:
        report.add("P265", place)
    elif ways.most > ways.best:
        report.add("P266", place, value=ways.most, best=ways.best)
    if ways.longest > LONGEST:
        report.add("P270", place, count=ways.longest, limit=LONGEST)


def generate(task: Task, seed: int) -> Task:
    """The order of replies comes from the attempt's seed."""
    return replace(task, spec={**task.spec, "seed": str(seed)})


@dataclass(frozen=True, slots=True)
class _Talk:
    """Where a talk stands: a node or an ending, and the replies given, each with the node it was given at."""

    at: str
    given: tuple[tuple[str, Reply], ...]

    @property
    def said(self) -> set[str]:
        return {reply["key"] for _, reply in self.given}


def _talk(task: Task, moves: Sequence[Move]) -> _Talk:
    """Replay. Raises MovesError."""
    at = task.spec["start"]
    given: list[tuple[str, Reply]] = []
    said: set[str] = set()
    for move in moves:
        if at in task.spec["endings"]:
            raise MovesError("over")
        reply = next((one for one in offered(task.spec, at, said) if one["id"] == move.get("reply")), None)
        if reply is None:
            raise MovesError(str(move.get("reply")))
        given.append((at, reply))
        said.add(reply["key"])
        at = reply["to"]
    return _Talk(at, tuple(given))


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{speakers: [names as HTML], opening: {who, html}}: what is known before the first reply."""
    spec = task.spec
    return {
        "speakers": [{"html": pick(text, language)} for _, text in sorted(spec["speakers"].items())],
        "opening": _line(task, spec["start"], spec["nodes"][spec["start"]]["text"], language),
    }


def scene(task: Task, moves: Sequence[Move], *, language: str) -> dict[str, Any]:
    """{lines: [{who: {html}, html} of others, {who: None, html} of the learner], fresh, replies: [{id, html}], over,
    ending, debriefing}: `fresh` is the number of the first line that came with the last move."""
    talk, spec = _talk(task, moves), task.spec
    lines = [_line(task, spec["start"], spec["nodes"][spec["start"]]["text"], language)]
    fresh = 0
    for node_id, reply in talk.given:
        fresh = len(lines) + 1
        lines.append({"who": None, "html": pick(reply["text"], language)})
        if reply["answer"] is not None:
            lines.append(_line(task, node_id, reply["answer"], language))
        if reply["to"] in spec["nodes"] and reply["to"] != node_id:
            lines.append(_line(task, reply["to"], spec["nodes"][reply["to"]]["text"], language))
    over = talk.at in spec["endings"]
    replies = [] if over else offered(spec, talk.at, talk.said)
    return {
        "lines": lines,
        "fresh": fresh,
        "played": len(talk.given),
        "replies": [
            {"id": one["id"], "html": pick(one["text"], language)}
            for one in shuffled(replies, replace(task, id=f"{task.id}/{talk.at}"), int(spec.get("seed", "0")))
        ],
        "over": over,
        "ending": {"html": pick(spec["endings"][talk.at]["text"], language)} if over else None,
        "debriefing": _debriefing(task, talk, language) if over else None,
    }


def _line(task: Task, node_id: str, text: Mapping[str, str], language: str) -> dict[str, Any]:
    speaker = task.spec["speakers"][task.spec["nodes"][node_id]["speaker"]]
    return {"who": {"html": pick(speaker, language)}, "html": pick(text, language)}


def _debriefing(task: Task, talk: _Talk, language: str) -> dict[str, Any]:
    """{told: [{html, good, note: {html}, kind, severity, words}], best: [{html}]}: what can be said of the replies
    given, each once, and what is said on the best way."""
    told = []
    for _, reply in {reply["key"]: (node, reply) for node, reply in talk.given}.values():
        mistake, note = reply["mistake"], reply["feedback"]
        if mistake is None and note is None:
            continue
        told.append(
            {
                "html": pick(reply["text"], language),
                "good": mistake is None,
                "note": None if note is None else {"html": pick(note, language)},
                "kind": None if mistake is None else mistake["kind"],
                "severity": None if mistake is None else mistake["severity"],
                "words": "" if mistake is None else pick(mistake["note"], language),
            }
        )
    best = _talk(task, [{"reply": reply_id} for reply_id in task.spec["key"]])
    return {"told": told, "best": [{"html": pick(reply["text"], language)} for _, reply in best.given]}


def read_move(task: Task, moves: Sequence[Move], form: Form) -> Move:
    """Field `reply` = id → {"reply": id}. ResponseError: run-over, empty, unknown-option."""
    talk = _talk(task, moves)
    if talk.at in task.spec["endings"]:
        raise ResponseError("run-over")
    chosen = only(form, "reply")
    if not chosen:
        raise ResponseError("empty")
    if chosen not in {one["id"] for one in offered(task.spec, talk.at, talk.said)}:
        raise ResponseError("unknown-option")
    return {"reply": chosen}


def is_over(task: Task, moves: Sequence[Move]) -> bool:
    """Whether the talk has come to an ending."""
    return _talk(task, moves).at in task.spec["endings"]


def read(task: Task, form: Form) -> Response:
    """ResponseError: by-moves, always. A talk is held, not handed in."""
    raise ResponseError("by-moves")


def mark(task: Task, response: Response) -> Outcome:
    """Parts: `node.reply` → no mistake? A talk that was broken off counts as not answered.

    What is said of each reply stands in the debriefing (`scene`), not in the feedback.
    """
    try:
        talk = _talk(task, moves_of(response) or ())
    except MovesError:
        return outcome(task, Decimal(0))
    if talk.at not in task.spec["endings"]:
        return outcome(task, Decimal(0))
    given = list({reply["key"]: reply for _, reply in talk.given}.values())
    best = Decimal(task.spec["best"])
    return outcome(
        task,
        min(points_of(task.spec, talk.said) / best, Decimal(1)),
        mistakes=[load_mistake(one["mistake"]) for one in given if one["mistake"] is not None],
        parts={
            one["key"]: one["mistake"] is None
            for one in given
            if one["mistake"] is not None or Decimal(one["points"]) > 0
        },
    )


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """{"moves": the best way without a mistake}."""
    return {"moves": [{"reply": reply_id} for reply_id in task.spec["key"]]}


def describe(task: Task, response: Response, *, language: str) -> str:
    """The replies given: «Здравствуйте! → Какой размер? → Спасибо»."""
    try:
        talk = _talk(task, moves_of(response) or ())
    except MovesError:
        return ""
    return " → ".join(plain_text(pick(reply["text"], language)) for _, reply in talk.given)


def draft(task: Task, form: Form) -> Response:
    """{}: a reply is a button, there is nothing to fill again."""
    return {}
