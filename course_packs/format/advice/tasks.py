"""Advice on tasks: feedback, hints, mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from course_packs.format.advice.subject import Subject
from course_packs.format.advice.words import stems_of, words_of
from course_packs.format.markdown import plain_text
from course_packs.format.model import Task, pick
from course_packs.format.yaml_source import MappingNode, Node, SequenceNode
from course_packs.tasks import concrete, get_type
from course_packs.tasks.contract import JudgedType, PlayedType

_REPEATED_SHARE: Final = 0.8
_FEWEST_STEMS: Final = 3
_FEWEST_MISTAKES: Final = 6
_SHORTEST_ANSWER: Final = 4


def advise(subject: Subject) -> None:
    """Tasks that say nothing, hints that say too little or too much, mistakes that are all alike."""
    for task in subject.pack.tasks:
        told = _is_played(task) or _is_noted(task) or isinstance(get_type(task.type), JudgedType)
        if not told and not _has_feedback(subject.tasks[task.id]):
            subject.say_of_task("P500", task)
        for index in range(len(task.hints)):
            _advise_hint(subject, task, index)
    _advise_mistakes(subject)


def _has_feedback(node: Node) -> bool:
    if isinstance(node, MappingNode):
        return any("feedback" in key or _has_feedback(value) for key, value in node.entries.items())
    return isinstance(node, SequenceNode) and any(_has_feedback(item) for item in node.items)


def _is_played(task: Task) -> bool:
    """Whether a task is played move by move: what it says to each move, and its mistakes, may stand elsewhere."""
    return isinstance(get_type(task.type), PlayedType)


def _is_noted(task: Task) -> bool:
    """Whether nothing about an answer can be wrong: a survey asks for no feedback."""
    one = concrete(task, 0)
    task_type = get_type(task.type)
    return task_type.mark(one, task_type.solution(one, language="ru")).verdict == "noted"


def _advise_hint(subject: Subject, task: Task, index: int) -> None:
    said, asked = plain_text(pick(task.hints[index], subject.main)), plain_text(pick(task.prompt, subject.main))
    stems = stems_of(said)
    if len(stems) >= _FEWEST_STEMS and len(stems & stems_of(asked)) >= _REPEATED_SHARE * len(stems):
        subject.say_of_task("P506", task, "hint", index)
    words = " ".join(words_of(said)).casefold()
    for answer in _answers(task, subject.main):
        if f" {answer} " in f" {words} ":
            subject.say_of_task("P507", task, "hint", index, value=answer)
            break


def _answers(task: Task, language: str) -> list[str]:
    """Whole answers that a hint must not name, folded: only where the words of an answer are its key."""
    spec: Mapping[str, Any] = task.spec
    if task.type == "short_text":
        texts = [one["text"] for one in spec["accept"] if not one["regex"] and one["fraction"] == "1"]
    elif task.type == "choice":
        texts = [one["text"] for one in spec["options"] if one["correct"]]
    else:
        return []
    answers = [" ".join(words_of(plain_text(pick(text, language)))).casefold() for text in texts]
    return [one for one in answers if len(one) >= _SHORTEST_ANSWER]


def _advise_mistakes(subject: Subject) -> None:
    found = [one for task in subject.pack.tasks for one in _mistakes(subject.tasks[task.id])]
    where = subject.manifest.keys.get("units", subject.manifest.mark)
    if len(found) >= _FEWEST_MISTAKES and len(set(found)) == 1:
        subject.say("P508", "pack.yaml", where, count=len(found))
    elif not found and subject.pack.kind == "trial" and not any(_is_played(task) for task in subject.pack.tasks):
        subject.say("P509", "pack.yaml", where)


def _mistakes(node: Node) -> list[tuple[str, str]]:
    if isinstance(node, SequenceNode):
        return [one for item in node.items for one in _mistakes(item)]
    if not isinstance(node, MappingNode):
        return []
    kind, severity = node.get("kind"), node.get("severity")
    own = (
        []
        if kind is None or severity is None
        else [(str(getattr(kind, "value", "")), str(getattr(severity, "value", "")))]
    )
    return own + [one for value in node.entries.values() for one in _mistakes(value)]
