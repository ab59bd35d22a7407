"""What a new edition of a pack changes, and whether marks may come out differently.

Compared are compiled packs, so what only the source says differently (comments, order of keys) is no change. When in
doubt a change counts as one of the key: to be told of a change that was none is better than the reverse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

from course_packs.format.canonical import dump_mistake
from course_packs.format.model import CompiledPack, Step, Task, Text, Unit

Where = Literal["pack", "unit", "page", "task"]
What = Literal[
    "added", "removed", "moved", "reworded", "described", "languages", "pictures", "grading", "weight", "completion",
    "points", "key", "mistakes", "competences",
]  # fmt: skip

# Under these keys a task's own texts are what answers are compared with; everywhere else a text is only shown.
_COMPARED: Final = frozenset({"accept", "accepted", "answer", "answers", "near"})
_SHOWN: Final = frozenset({"feedback", "note", "hint"})
_MARKS: Final = frozenset({"grading", "weight", "points", "key"})

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Change:
    """One thing that is different. `id`: unit, or unit/step; the pack's own for the pack.

    `title`: what people call it (a unit's or a page's title, a task's question as safe HTML). `marks`: the same answers
    may earn another result.
    """

    where: Where
    what: What
    id: str
    title: Text
    marks: bool = False


@dataclass(frozen=True)
class Changes:
    """All changes, in the order of the new pack; what was removed comes last."""

    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)

    @property
    def marks_may_differ(self) -> bool:
        """Whether the same answers may earn another result."""
        return any(change.marks for change in self.changes)


def compare(old: CompiledPack, new: CompiledPack) -> Changes:
    """What is different in `new`. Two releases of one pack are meant; nothing forbids others."""
    return Changes((*_of_pack(old, new), *_of_units(old, new), *_of_steps(old, new)))


def _of_pack(old: CompiledPack, new: CompiledPack) -> list[Change]:
    described = ("kind", "title", "summary", "minutes", "sources", "grades", "fields", "skills", "audience", "authors",
                 "licence", "competences", "prerequisites", "certificate")  # fmt: skip
    whats: list[What] = []
    if any(getattr(old, name) != getattr(new, name) for name in described):
        whats.append("described")
    if old.languages != new.languages:
        whats.append("languages")
    if old.media != new.media:
        whats.append("pictures")
    if old.grading != new.grading:
        whats.append("grading")
    if old.completion != new.completion:
        whats.append("completion")
    return [_change("pack", what, new.id, new.title) for what in whats]


def _of_units(old: CompiledPack, new: CompiledPack) -> list[Change]:
    before, after = {unit.id: unit for unit in old.units}, {unit.id: unit for unit in new.units}
    moved = _moved(list(before), list(after))
    changes: list[Change] = []
    for unit_id, unit in after.items():
        was = before.get(unit_id)
        if was is None:
            changes.append(_change("unit", "added", unit_id, unit.title, marks=_weighs(unit)))
            continue
        if unit_id in moved:
            changes.append(_change("unit", "moved", unit_id, unit.title))
        if (was.title, was.summary, was.minutes, was.place) != (unit.title, unit.summary, unit.minutes, unit.place):
            changes.append(_change("unit", "described", unit_id, unit.title))
        if was.weight != unit.weight and (was.tasks or unit.tasks):
            changes.append(_change("unit", "weight", unit_id, unit.title))
    gone = [unit for unit in old.units if unit.id not in after]
    return changes + [_change("unit", "removed", unit.id, unit.title, marks=_weighs(unit)) for unit in gone]


def _weighs(unit: Unit) -> bool:
    return bool(unit.tasks) and unit.weight > 0


def _of_steps(old: CompiledPack, new: CompiledPack) -> list[Change]:
    """Pages and tasks. One that went to another unit under its name, unchanged, was moved."""
    before, after = _steps(old), _steps(new)
    departed = {key: step for key, step in before.items() if key not in after}
    came_from: dict[str, str] = {}
    for key, step in after.items():
        origin = next((one for one in departed if key not in before and _same(departed[one], step)), None)
        if origin is not None:
            came_from[key] = origin
            del departed[origin]
    changes: list[Change] = []
    for unit in new.units:
        moved = _moved_steps(old, unit)
        for step in unit.steps:
            key = f"{unit.id}/{step.id}"
            where, title = _name(step)
            if key in came_from:
                # Another unit, another share of the score.
                changes.append(_change(where, "moved", key, title, marks=step.task is not None))
            elif key not in before:
                changes.append(_change(where, "added", key, title, marks=step.task is not None))
            else:
                if key in moved:
                    changes.append(_change(where, "moved", key, title))
                changes += [_change(where, what, key, title) for what in _differences(before[key], step)]
    for key, step in departed.items():
        where, title = _name(step)
        changes.append(_change(where, "removed", key, title, marks=step.task is not None))
    return changes


def _steps(pack: CompiledPack) -> dict[str, Step]:
    return {f"{unit.id}/{step.id}": step for unit in pack.units for step in unit.steps}


def _moved_steps(old: CompiledPack, unit: Unit) -> set[str]:
    was = next((one for one in old.units if one.id == unit.id), None)
    if was is None:
        return set()
    return {f"{unit.id}/{one}" for one in _moved([step.id for step in was.steps], [step.id for step in unit.steps])}


def _name(step: Step) -> tuple[Where, Text]:
    return ("page", step.title) if step.task is None else ("task", step.task.prompt)


def _same(old: Step, new: Step) -> bool:
    return old.id == new.id and old.kind == new.kind and not _differences(old, new)


def _differences(old: Step, new: Step) -> list[What]:
    if old.task is None or new.task is None:
        if old.task is not new.task:
            return ["key"]  # a page became a task of the same name, or the reverse
        return ["reworded"] if (old.title, old.html) != (new.title, new.html) else []
    return _task_differences(old.task, new.task)


def _task_differences(old: Task, new: Task) -> list[What]:
    whats: list[What] = []
    texts, new_texts = dict(_texts(old.spec)), dict(_texts(new.spec))
    if old.type != new.type or _skeleton(old.spec) != _skeleton(new.spec) or _changed_places(texts, new_texts):
        whats.append("key")
    elif (old.prompt, old.hints, old.feedback, texts) != (new.prompt, new.hints, new.feedback, new_texts):
        whats.append("reworded")
    if _worth(old) != _worth(new):
        whats.append("points")
    if _mistakes(old) != _mistakes(new):
        whats.append("mistakes")
    if old.competences != new.competences:
        whats.append("competences")
    return whats


def _worth(task: Task) -> tuple[Any, ...]:
    hints = len(task.hints) if task.hint_penalty else 0
    return task.points, task.tries, task.retry_penalty, task.hint_penalty if hints else 0, hints


def _change(where: Where, what: What, id: str, title: Text, *, marks: bool = False) -> Change:
    return Change(where, what, id, title, marks or what in _MARKS)


def _moved(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """The fewest entries that changed their place among those that both lists have."""
    old = [one for one in old if one in set(new)]
    places = {one: index for index, one in enumerate(old)}
    order = [places[one] for one in new if one in places]
    longest = _longest_rising(order)
    return {old[place] for place in order if place not in longest}


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    runs: list[list[int]] = [[]]
    for number in numbers:
        before = max((run for run in runs if not run or run[-1] < number), key=len)
        runs.append([*before, number])
    longest: list[int] = max(runs, key=len)
    return set(longest)


def _skeleton(spec: Mapping[str, Any]) -> Any:
    """What of a spec decides about marks: texts that are only shown, and mistakes, are left out, ids count by order."""
    ids: dict[str, str] = {}
    _collect_ids(spec, ids)
    return _bare(spec, ids, compared=False)


def _collect_ids(value: Any, ids: dict[str, str]) -> None:
    # Ids may stem from texts (`arrangement.opaque_ids`): a reworded entry gets another, and is still the same entry.
    if isinstance(value, Mapping):
        name = value.get("id")
        if isinstance(name, str):
            ids.setdefault(name, f"#{len(ids)}")
        for one in value.values():
            _collect_ids(one, ids)
    elif isinstance(value, list | tuple):
        for one in value:
            _collect_ids(one, ids)


def _bare(value: Any, ids: Mapping[str, str], *, compared: bool) -> Any:
    if isinstance(value, Mapping):
        if not compared and _is_text(value):
            return ""
        return {
            ids.get(key, key): _bare(one, ids, compared=key not in _SHOWN and (compared or key in _COMPARED))
            for key, one in value.items()
            if key != "mistake"
        }
    if isinstance(value, list | tuple):
        return [_bare(one, ids, compared=compared) for one in value]
    return ids.get(value, value) if isinstance(value, str) else value


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, Text]]:
    """Every text of a spec with its place there."""
    if isinstance(value, Mapping):
        if _is_text(value):
            yield path, value
        else:
            for key, one in value.items():
                yield from _texts(one, f"{path}/{key}")
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            yield from _texts(one, f"{path}/{index}")


def _changed_places(old: Mapping[str, Text], new: Mapping[str, Text]) -> bool:
    """Whether a text stands where another stood: in a task about order or pairs that is another key."""
    places = {tuple(sorted(text.items())): path for path, text in old.items()}
    return any(
        old.get(path) != text and places.get(tuple(sorted(text.items())), path) != path for path, text in new.items()
    )


def _is_text(value: Mapping[str, Any]) -> bool:
    """Language → string. A mapping of other keys to strings is taken for one only when they look like languages."""
    return bool(value) and all(
        isinstance(one, str) and 2 <= len(key.partition("-")[0]) <= 3 and key.partition("-")[0].islower()
        for key, one in value.items()
    )


def _mistakes(task: Task) -> list[Any]:
    found: list[Any] = [] if task.mistake is None else [_kind(dump_mistake(task.mistake))]
    _collect_mistakes(task.spec, found)
    return found


def _collect_mistakes(value: Any, found: list[Any]) -> None:
    if isinstance(value, Mapping):
        if isinstance(value.get("mistake"), Mapping):
            found.append(_kind(value["mistake"]))
        for one in value.values():
            _collect_mistakes(one, found)
    elif isinstance(value, list | tuple):
        for one in value:
            _collect_mistakes(one, found)


def _kind(mistake: Mapping[str, Any]) -> tuple[Any, Any]:
    return mistake.get("kind"), mistake.get("severity")
