"""What advice is given about: the compiled pack beside its source, so that every word has its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from course_packs.format.diagnostics import START, Mark, Report
from course_packs.format.model import CompiledPack, Step, Task, Text, Unit
from course_packs.format.pictures import Picture, Pictures, read_pictures
from course_packs.format.yaml_source import MappingNode, Node, SequenceNode, read_mapping

_EMPTY: Final = MappingNode({}, {}, START)


@dataclass(frozen=True)
class Subject:
    """A sound pack and its files. `tasks`: unit/task → its YAML; `pictures`: by name."""

    pack: CompiledPack
    files: Mapping[str, bytes]
    manifest: MappingNode
    units: Mapping[str, MappingNode]
    tasks: Mapping[str, MappingNode]
    pictures: Mapping[str, Picture]
    report: Report

    @property
    def main(self) -> str:
        """The pack's main language."""
        return self.pack.languages[0]

    def say(self, code: str, file: str, mark: Mark, **params: object) -> None:
        """Record a piece of advice."""
        self.report.in_file(file).add(code, mark, **params)

    def say_of_task(self, code: str, task: Task, *keys: str | int, **params: object) -> None:
        """Record advice on a task, at the place that the keys lead to."""
        self.say(code, f"units/{task.id.partition('/')[0]}/tasks.yaml", _mark(self.tasks[task.id], keys), **params)

    def steps(self) -> Iterator[tuple[Unit, Step]]:
        """Every step with its unit."""
        return ((unit, step) for unit in self.pack.units for step in unit.steps)

    def page_file(self, unit: Unit, step: Step, language: str) -> str:
        """The Markdown file of a page in a language."""
        suffix = "" if language == self.main else f".{language}"
        return f"units/{unit.id}/{step.id}{suffix}.md"

    def find(self, file: str, needle: str) -> Mark:
        """Where a file holds these words first; its beginning when it does not."""
        for number, line in enumerate(self.files.get(file, b"").decode("utf-8", "replace").splitlines(), start=1):
            column = line.find(needle)
            if column >= 0:
                return Mark(number, column + 1)
        return START


def read_subject(pack: CompiledPack, files: Mapping[str, bytes], report: Report) -> Subject:
    """Read the source of a pack that was just compiled from these files without an error."""
    units = {unit.id: _read(files, f"units/{unit.id}/unit.yaml") for unit in pack.units}
    tasks = {}
    for unit in pack.units:
        node = _read(files, f"units/{unit.id}/tasks.yaml") if unit.tasks else _EMPTY
        for key, value in node.entries.items():
            if isinstance(value, MappingNode):
                tasks[f"{unit.id}/{key}"] = value
    pictures = read_pictures(files, Report("", Pictures())).sound
    return Subject(pack, files, _read(files, "pack.yaml"), units, tasks, pictures, report)


def texts_of(value: Any, languages: tuple[str, ...], path: tuple[str | int, ...] = ()) -> Iterator[Text]:
    """Every text in a task's spec that is shown (answers to compare with are not)."""
    if isinstance(value, Mapping):
        if value and all(key in languages and isinstance(one, str) for key, one in value.items()):
            yield value
            return
        for key, one in value.items():
            if key not in {"accept", "accepted", "answer", "answers"}:
                yield from texts_of(one, languages, (*path, key))
    elif isinstance(value, list | tuple):
        for index, one in enumerate(value):
            yield from texts_of(one, languages, (*path, index))


def _read(files: Mapping[str, bytes], path: str) -> MappingNode:
    return read_mapping(files[path], Report(path, Pictures())) or _EMPTY


def _mark(node: Node, keys: tuple[str | int, ...]) -> Mark:
    mark = node.mark
    for key in keys:
        if isinstance(node, MappingNode) and isinstance(key, str) and key in node.entries:
            mark, node = node.keys[key], node.entries[key]
        elif isinstance(node, SequenceNode) and isinstance(key, int) and key < len(node.items):
            node = node.items[key]
            mark = node.mark
        else:
            break
    return mark
