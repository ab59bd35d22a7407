"""A simulation's YAML → `Simulation`; everything wrong goes to the report, with its place and its remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final, TypeVar, cast

from course_packs.format.diagnostics import Report
from course_packs.format.fields import (
    as_mapping,
    check_keys,
    decimal,
    flag,
    items_at,
    mapping_at,
    one_of,
    scalar_at,
    slug,
    whole,
)
from course_packs.format.languages import read_languages
from course_packs.format.model import Text
from course_packs.format.pictures import FOLDER, is_picture
from course_packs.format.texts import read_text, text_at
from course_packs.format.yaml_source import MappingNode, Node, ScalarNode, read_mapping
from course_packs.simulation.controls import read_control, read_number, read_pair, read_start, read_table, setting_of
from course_packs.simulation.expressions import Expression, ExpressionError, Kind, Scope, Value, read
from course_packs.simulation.model import (
    MAX_LAYERS,
    MAX_TURNS,
    SHOWS,
    Changes,
    Control,
    Event,
    Goal,
    Layer,
    Plan,
    PlannedTurn,
    Reply,
    Rule,
    Show,
    Simulation,
    Slip,
    Stop,
    Table,
    Variable,
)
from course_packs.tasks.mistakes import SEVERITIES, mistake_at

T = TypeVar("T")

KEYS: Final = (
    "id", "languages", "title", "role", "turns", "state", "controls", "tables", "rules", "events", "mistakes",
    "penalty", "goals", "stop", "score", "safety_cap", "reflect", "plans", "picture",
)  # fmt: skip
_REQUIRED: Final = ("id", "title", "role", "turns", "state", "controls", "rules", "mistakes", "goals", "plans")
_PENALTIES: Final = {"minor": Decimal(2), "major": Decimal(5), "critical": Decimal(15)}
_RESERVED: Final = frozenset({"turn", "turns", "goal_points", "penalty_points", "and", "or", "not", "if", "else"})


def read_simulation(data: bytes, report: Report) -> Simulation | None:
    """Read one simulation file. None when something is wrong; the report says what."""
    node = read_mapping(data, report)
    return None if node is None else read_tree(node, report)


def read_tree(node: MappingNode, report: Report) -> Simulation | None:
    """Read one simulation from the tree of its file; as `read_simulation`."""
    before = len(report.found)
    report = replace(report, languages=read_languages(node, report))
    check_keys(node, report, KEYS, required=_REQUIRED)
    simulation = _Reader(node, report).read()
    errors = any(one.severity == "error" for one in report.found[before:])
    return None if errors else simulation


class _Reader:
    """Reads section by section; later sections use the names that earlier ones defined."""

    def __init__(self, node: MappingNode, report: Report) -> None:
        self._node = node
        self._report = report
        self._variables: dict[str, Variable] = {}
        self._controls: dict[str, Control] = {}
        self._tables: dict[str, Table] = {}
        self._mistakes: frozenset[str] = frozenset()
        self._events: frozenset[str] = frozenset()

    def read(self) -> Simulation:
        node, report = self._node, self._report
        turns, label = self._turns()
        self._tables = {name: read_table(value, self._report) for name, value in self._entries("tables")}
        self._mistakes = frozenset(name for name, _ in self._entries("mistakes"))
        self._events = frozenset(name for name, _ in self._entries("events"))
        self._variables = self._each("state", self._variable)
        # Twice: a control's `when` may speak of any control.
        self._controls = self._each("controls", self._control_plain)
        self._controls = self._each("controls", self._control)
        return Simulation(
            id=self._id(),
            title=text_at(node, "title", report, "title"),
            role=text_at(node, "role", report, "plain"),
            turns=turns,
            turn_label=label,
            variables=self._variables,
            controls=self._controls,
            tables=self._tables,
            rules=tuple(self._rule(item) for item in self._mappings("rules")),
            events=self._each("events", lambda name, value: self._event(name, value, turns)),
            slips=self._each("mistakes", self._slip),
            penalties=self._penalties(),
            goals=tuple(self._each("goals", self._goal).values()),
            stop=self._stop(),
            score=self._score(),
            safety_cap=decimal(node, "safety_cap", report, default=Decimal(100), high=100),
            reflect=tuple(read_text(item, report, "plain") for item in items_at(node, "reflect", report, at_most=8)),
            plans=tuple(self._each("plans", lambda name, value: self._plan(name, value, turns)).values()),
            picture=self._picture(),
        )

    # the parts of a file

    def _id(self) -> str:
        value = self._node.get("id")
        return (None if value is None else slug(value, self._report)) or "simulation"

    def _turns(self) -> tuple[int, Text]:
        mapping = mapping_at(self._node, "turns", self._report)
        if mapping is None:
            return 1, {}
        check_keys(mapping, self._report, ("count", "label"), required=("count", "label"))
        count = whole(mapping, "count", self._report, default=1, low=1, high=MAX_TURNS)
        return count, text_at(mapping, "label", self._report, "plain")

    def _variable(self, name: str, node: MappingNode) -> Variable:
        report = self._report
        keys = ("title", "start", "unit", "show", "digits", "range", "good", "limit")
        check_keys(node, report, keys, required=("start", "show"))
        show = cast("Show", one_of(node, "show", report, SHOWS, "value"))
        start, kind = read_start(node, report)
        if (show == "lamp") != (kind == "flag") and show != "hidden":
            report.add("P404", node, key=name)
        if show != "hidden" and node.get("title") is None:
            report.add("P010", node, key="title")
        if show not in {"hidden", "lamp"} and node.get("unit") is None:
            report.add("P405", node, key=name)
        low, high = read_pair(node, "range", report) or (None, None)
        if show in {"gauge", "tank"} and high is None:
            report.add("P406", node, key=name)
        return Variable(
            id=name,
            title=text_at(node, "title", report, "plain"),
            kind=kind,
            start=start,
            show=show,
            unit=text_at(node, "unit", report, "plain"),
            digits=whole(node, "digits", report, default=0, low=0, high=4),
            low=low,
            high=high,
            good=read_pair(node, "good", report),
            limit=read_number(node, "limit", report),
        )

    def _picture(self) -> tuple[Layer, ...]:
        layers = []
        for item in items_at(self._node, "picture", self._report, at_least=1, at_most=MAX_LAYERS):
            node = as_mapping(item, self._report)
            if node is None:
                continue
            check_keys(node, self._report, ("file", "when", "text"), required=("file", "text"))
            file = scalar_at(node, "file", self._report)
            name = "" if file is None else file.value.removeprefix(FOLDER)
            if file is not None and (name == file.value or not is_picture(name)):
                self._report.add("P308", file, value=file.value)
                continue
            when = self._expression(node, "when", "flag")
            layers.append(Layer(name, text_at(node, "text", self._report, "plain"), when))
        return tuple(layers)

    def _control_plain(self, name: str, node: MappingNode) -> Control:
        """A control without what refers to others; its own faults are told in the second reading."""
        quiet = Report(file="", pictures=self._report.pictures, languages=self._report.languages)
        return read_control(name, node, quiet)

    def _control(self, name: str, node: MappingNode) -> Control:
        keys = ("title", "type", "min", "max", "step", "start", "unit", "hint", "once", "options", "when", "cost")
        check_keys(node, self._report, keys, required=("title", "type"))
        when = self._expression(node, "when", "flag")
        return replace(read_control(name, node, self._report), when=when, cost=self._changes(node, "cost"))

    def _rule(self, node: MappingNode) -> Rule:
        check_keys(node, self._report, ("when", "set", "mistake", "mistake_if"))
        mistake = self._mistake(node, "mistake")
        condition = self._expression(node, "mistake_if", "flag")
        if condition is not None and mistake is None:
            self._report.add("P010", node, key="mistake")
        return Rule(self._expression(node, "when", "flag"), self._changes(node, "set"), mistake, condition)

    def _event(self, name: str, node: MappingNode, turns: int) -> Event:
        report = self._report
        keys = ("text", "at", "from", "until", "when", "chance", "repeat", "set", "choice")
        check_keys(node, report, keys, required=("text",))
        if not any(node.get(key) is not None for key in ("at", "when", "chance")):
            report.add("P410", node, key=name)
        at = None if node.get("at") is None else whole(node, "at", report, default=1, low=1, high=turns)
        chance = decimal(node, "chance", report, default=Decimal(1), high=1, above_low=True)
        replies: dict[str, Reply] = {}
        choice = mapping_at(node, "choice", report)
        if choice is not None:
            for reply, value in choice.entries.items():
                mapping = as_mapping(value, report)
                if mapping is not None:
                    replies[reply] = self._reply(reply, mapping)
            if len(choice.entries) < 2 or all(one.when is not None for one in replies.values()):
                report.add("P411", choice, key=name)
        return Event(
            id=name,
            text=text_at(node, "text", report, "plain"),
            changes=self._changes(node, "set"),
            replies=tuple(replies.values()),
            at=at,
            first=whole(node, "from", report, default=1, low=1, high=turns),
            last=whole(node, "until", report, default=turns, low=1, high=turns),
            when=self._expression(node, "when", "flag"),
            chance=float(chance),
            repeat=flag(node, "repeat", report, default=False),
        )

    def _reply(self, name: str, node: MappingNode) -> Reply:
        check_keys(node, self._report, ("text", "set", "mistake", "when"), required=("text",))
        return Reply(
            id=name,
            text=text_at(node, "text", self._report, "plain"),
            changes=self._changes(node, "set"),
            mistake=self._mistake(node, "mistake"),
            when=self._expression(node, "when", "flag"),
        )

    def _slip(self, name: str, node: MappingNode) -> Slip:
        check_keys(node, self._report, ("kind", "severity", "when", "note"), required=("kind", "severity", "note"))
        # `mistake_at` reads the shape that tasks use; here the condition stands beside it.
        entries = {key: value for key, value in node.entries.items() if key != "when"}
        own = MappingNode(entries, {key: node.keys[key] for key in entries}, node.mark)
        mistake = mistake_at(MappingNode({"mistake": own}, {"mistake": node.mark}, node.mark), "mistake", self._report)
        assert mistake is not None, "the key is there"
        return Slip(name, mistake, self._expression(node, "when", "flag"))

    def _penalties(self) -> Mapping[str, Decimal]:
        mapping = mapping_at(self._node, "penalty", self._report)
        if mapping is None:
            return _PENALTIES
        check_keys(mapping, self._report, SEVERITIES)
        return {one: decimal(mapping, one, self._report, default=_PENALTIES[one], high=100) for one in SEVERITIES}

    def _goal(self, name: str, node: MappingNode) -> Goal:
        check_keys(node, self._report, ("text", "when", "points"), required=("text", "when"))
        when = self._expression(node, "when", "flag")
        points = decimal(node, "points", self._report, default=Decimal(1), high=1000, above_low=True)
        return Goal(name, text_at(node, "text", self._report, "plain"), when or _NEVER, points)

    def _stop(self) -> Stop | None:
        mapping = mapping_at(self._node, "stop", self._report)
        if mapping is None:
            return None
        check_keys(mapping, self._report, ("when", "text"), required=("when", "text"))
        when = self._expression(mapping, "when", "flag")
        return None if when is None else Stop(when, text_at(mapping, "text", self._report, "plain"))

    def _score(self) -> Expression | None:
        extra: Mapping[str, Kind] = {"goal_points": "number", "penalty_points": "number"}
        return self._expression(self._node, "score", "number", extra)

    def _plan(self, name: str, node: MappingNode, turns: int) -> Plan:
        check_keys(node, self._report, ("score", "turns"), required=("score", "turns"))
        band = read_pair(node, "score", self._report) or (0.0, 100.0)
        items = items_at(node, "turns", self._report, at_least=1, at_most=turns)
        planned = [self._planned(mapping) for item in items if (mapping := as_mapping(item, self._report)) is not None]
        return Plan(name, Decimal(repr(band[0])), Decimal(repr(band[1])), tuple(planned))

    def _planned(self, node: MappingNode) -> PlannedTurn:
        controls: dict[str, Value] = {}
        replies: dict[str, str] = {}
        for key, value in node.entries.items():
            word = value.value if isinstance(value, ScalarNode) else ""
            if key in self._controls:
                setting = setting_of(self._controls[key], value)
                if setting is None:
                    self._report.add("P412", node.keys[key], key=key, value=word)
                else:
                    controls[key] = setting
            elif key in self._events:
                replies[key] = word
            else:
                names = [*self._controls, *self._events]
                self._report.add("P413", node.keys[key], key=key, guess=self._report.guess(key, names))
        return PlannedTurn(controls, replies)

    # pieces that sections share

    def _entries(self, key: str) -> list[tuple[str, Node]]:
        mapping = mapping_at(self._node, key, Report(file="", pictures=self._report.pictures))
        return [] if mapping is None else list(mapping.entries.items())

    def _each(self, key: str, read_one: Callable[[str, MappingNode], T]) -> dict[str, T]:
        mapping = mapping_at(self._node, key, self._report)
        found: dict[str, T] = {}
        for name, value in () if mapping is None else mapping.entries.items():
            assert mapping is not None
            if not self._fits(key, name):
                self._report.add("P401", mapping.keys[name], key=name)
            one = as_mapping(value, self._report)
            if one is not None:
                found[name] = read_one(name, one)
        return found

    def _fits(self, section: str, name: str) -> bool:
        """Whether a name can be used: what expressions read are identifiers and mean one thing only."""
        if section in {"state", "controls"}:
            other = self._variables if section == "controls" else {}
            return name.isidentifier() and name.isascii() and name not in _RESERVED and name not in other
        return bool(name) and name.replace("-", "").replace("_", "").isalnum() and name.isascii()

    def _mappings(self, key: str) -> list[MappingNode]:
        items = items_at(self._node, key, self._report, at_most=100)
        return [mapping for item in items if (mapping := as_mapping(item, self._report)) is not None]

    def _mistake(self, node: MappingNode, key: str) -> str | None:
        value = scalar_at(node, key, self._report)
        if value is None:
            return None
        if value.value not in self._mistakes:
            guess = self._report.guess(value.value, self._mistakes)
            self._report.add("P403", value, value=value.value, guess=guess)
            return None
        return value.value

    def _changes(self, node: MappingNode, key: str) -> Changes:
        mapping = mapping_at(node, key, self._report)
        if mapping is None:
            return ()
        found = []
        for name in mapping.entries:
            if name not in self._variables:
                guess = self._report.guess(name, self._variables)
                self._report.add("P402", mapping.keys[name], key=name, guess=guess)
                continue
            expression = self._expression(mapping, name, self._variables[name].kind)
            if expression is not None:
                found.append((name, expression))
        return tuple(found)

    def _expression(
        self, node: MappingNode, key: str, wanted: Kind, extra: Mapping[str, Kind] | None = None
    ) -> Expression | None:
        value = scalar_at(node, key, self._report)
        if value is None:
            return None
        kinds: dict[str, Kind] = {
            **{one.id: one.kind for one in self._variables.values()},
            **{one.id: one.kind for one in self._controls.values()},
            "turn": "number",
            "turns": "number",
            **(extra or {}),
        }
        # An unquoted `true` or `0.3` is as good as the quoted one.
        source = value.value.capitalize() if value.kind == "flag" else value.value
        try:
            return read(source, wanted, Scope(kinds, self._mistakes, self._events, self._tables))
        except ExpressionError as error:
            self._report.add("P400", value, problem=error.say(self._report.language))
            return None


_NEVER: Final = read("False", "flag", Scope({}))
