"""Code output: read a listing, say what it prints or what its variables hold.

Lines are compared exactly but for blanks at their ends and the shape of quotation marks; fraction = lines that stand in
the right order / lines there are or were given, whichever are more. Values are compared without blanks around signs;
fraction = right values / values. `parts`: number of a given line from 1, or number of a value, → right?
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypedDict, cast

from course_packs.format.canonical import load_mistake
from course_packs.format.diagnostics import Report
from course_packs.format.fields import as_mapping, check_keys, items_at, mapping_at, scalar_at
from course_packs.format.model import Spec, Task, Text
from course_packs.format.texts import text_at, text_or_none
from course_packs.format.yaml_source import MappingNode, Node, ScalarNode
from course_packs.tasks.contract import Form, Outcome, Response, ResponseError, only, outcome
from course_packs.tasks.mistakes import mistake_data

name: Final = "code_output"
SCHEMA: Final[Mapping[str, str]] = {
    "listing": "text: the program, up to 60 lines",
    "written_in": "text: the language it is written in",
    "output": "text: what it prints; this or predict",
    "wrong": "list of {output, feedback?, mistake?}: known wrong outputs",
    "predict": "1–8 × name: value | {value, wrong: list of {value, feedback?, mistake?}}",
}
MOST_LINES: Final = 60
LONGEST_OUTPUT: Final = 2000
LONGEST_VALUE: Final = 200
_QUOTES: Final = str.maketrans(dict.fromkeys("“”„«»", '"') | dict.fromkeys("‘’‚", "'"))


class _Wrong(TypedDict):
    answer: str
    feedback: Text | None
    mistake: Mapping[str, Any] | None


class _Value(TypedDict):
    name: str
    value: str
    wrong: list[_Wrong]


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: {listing, written_in, output, wrong: [{answer, …}], predict: [{name, value, wrong}]}.

    Listing and output are {language: [lines]}; one of output and predict is empty.
    """
    if node.get("listing") is None:
        report.add("P010", node, key="listing")
    listing = text_at(node, "listing", report, "verbatim")
    if any(text.count("\n") >= MOST_LINES for text in listing.values()):
        report.add("P259", node.get("listing") or node, limit=MOST_LINES)
    if (node.get("output") is None) == (node.get("predict") is None):
        report.add("P257", node)
    written_in = scalar_at(node, "written_in", report)
    output = {language: lines(text) for language, text in text_at(node, "output", report, "verbatim").items()}
    wrong = _wrong_outputs(node, list(output.values()), report)
    return {
        "listing": {language: text.splitlines() for language, text in listing.items()},
        "written_in": None if written_in is None else written_in.value,
        "output": output,
        "wrong": wrong,
        "predict": _predict(node, report),
    }


def _wrong_outputs(node: MappingNode, right: Sequence[Sequence[str]], report: Report) -> list[_Wrong]:
    found: list[_Wrong] = []
    for item in items_at(node, "wrong", report, at_most=12):
        mapping = as_mapping(item, report)
        if mapping is None:
            continue
        entry = _wrong(mapping, "output", report)
        if lines(entry["answer"]) in right:
            report.add("P258", mapping)
        found.append(entry)
    return found


def _wrong(node: MappingNode, key: str, report: Report) -> _Wrong:
    check_keys(node, report, (key, "feedback", "mistake"), required=(key,))
    value = scalar_at(node, key, report)
    return {
        "answer": "" if value is None else value.value,
        "feedback": text_or_none(node, "feedback", report, "block"),
        "mistake": mistake_data(node, report).get("mistake"),
    }


def _predict(node: MappingNode, report: Report) -> list[_Value]:
    mapping = mapping_at(node, "predict", report)
    if mapping is None:
        return []
    if not 1 <= len(mapping.entries) <= 8:
        report.add("P016", mapping, count=len(mapping.entries), low=1, high=8)
    return [_value(key, value, report) for key, value in list(mapping.entries.items())[:8]]


def _value(key: str, node: Node, report: Report) -> _Value:
    if isinstance(node, ScalarNode):
        return {"name": key, "value": node.value, "wrong": []}
    mapping = as_mapping(node, report)
    if mapping is None:
        return {"name": key, "value": "", "wrong": []}
    check_keys(mapping, report, ("value", "wrong"), required=("value",))
    value = scalar_at(mapping, "value", report)
    right, wrong = "" if value is None else value.value, list[_Wrong]()
    for item in items_at(mapping, "wrong", report, at_most=12):
        entry = as_mapping(item, report)
        if entry is not None:
            wrong.append(_wrong(entry, "value", report))
            if folded(wrong[-1]["answer"]) == folded(right):
                report.add("P258", entry)
    return {"name": key, "value": right, "wrong": wrong}


def lines(text: str) -> list[str]:
    """The lines of an output as they are compared: no blanks at their ends, no empty lines around, plain quotes."""
    plain = unicodedata.normalize("NFC", text).translate(_QUOTES)
    return [line.rstrip() for line in plain.strip().splitlines()]


def folded(value: str) -> str:
    """A value as it is compared: “[1, 2]” is “[1,2]”, 'a' is "a"."""
    plain = " ".join(unicodedata.normalize("NFC", value).translate(_QUOTES).replace("'", '"').split())
    return re.sub(r" ?([,:\[\](){}=+*/-]) ?", r"\1", plain)


def _in_language(texts: Mapping[str, list[str]], language: str) -> list[str]:
    return texts[language] if language in texts else next(iter(texts.values()))


def _values(task: Task) -> list[_Value]:
    return cast("list[_Value]", task.spec["predict"])


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{listing: [lines], written_in, fields: [{id, name}]}; no fields when the output is asked for."""
    return {
        "listing": _in_language(task.spec["listing"], language),
        "written_in": task.spec["written_in"],
        "fields": [{"id": str(number), "name": one["name"]} for number, one in enumerate(_values(task), start=1)],
    }


def read(task: Task, form: Form) -> Response:
    """Field `output` → {"output": text}, or fields `value-<number>` → {"values": {number: text}}.

    ResponseError: empty, incomplete, too-long.
    """
    if not _values(task):
        text = "\n".join(lines(only(form, "output")))
        if not text:
            raise ResponseError("empty")
        if len(text) > LONGEST_OUTPUT:
            raise ResponseError("too-long", limit=str(LONGEST_OUTPUT))
        return {"output": text}
    numbers = [str(number) for number in range(1, len(_values(task)) + 1)]
    values = {number: only(form, f"value-{number}").strip() for number in numbers}
    if not any(values.values()):
        raise ResponseError("empty")
    if not all(values.values()):
        raise ResponseError("incomplete", missing=str(sum(not value for value in values.values())))
    if any(len(value) > LONGEST_VALUE for value in values.values()):
        raise ResponseError("too-long", limit=str(LONGEST_VALUE))
    return {"values": values}


def mark(task: Task, response: Response) -> Outcome:
    """Parts: number of a given line, or of a value, → right?"""
    return _mark_values(task, response) if _values(task) else _mark_output(task, response)


def _mark_output(task: Task, response: Response) -> Outcome:
    given = lines(str(response.get("output") or ""))[: MOST_LINES * 2]
    best, parts = Decimal(0), dict.fromkeys((str(number) for number in range(1, len(given) + 1)), False)
    for right in cast("Mapping[str, list[str]]", task.spec["output"]).values():
        common = in_order(given, right)
        share = Decimal(len(common)) / max(len(given), len(right))
        if share > best:
            best = share
            parts = {str(number): number - 1 in common for number in range(1, len(given) + 1)}
    known = [entry for entry in cast("list[_Wrong]", task.spec["wrong"]) if lines(entry["answer"]) == given]
    return _outcome(task, best, known[:1] if best < 1 else [], parts)


def _mark_values(task: Task, response: Response) -> Outcome:
    values = response.get("values")
    given = values if isinstance(values, Mapping) else {}
    parts, known = {}, []
    for number, one in enumerate(_values(task), start=1):
        answer = folded(str(given.get(str(number), "")))
        parts[str(number)] = answer == folded(one["value"])
        known += [entry for entry in one["wrong"] if folded(entry["answer"]) == answer][:1]
    return _outcome(task, Decimal(sum(parts.values())) / len(parts), known, parts)


def _outcome(task: Task, fraction: Decimal, known: Sequence[_Wrong], parts: Mapping[str, bool]) -> Outcome:
    return outcome(
        task,
        fraction,
        feedback=[entry["feedback"] for entry in known if entry["feedback"] is not None],
        mistakes=[load_mistake(entry["mistake"]) for entry in known if entry["mistake"] is not None],
        parts=parts,
    )


def in_order(given: Sequence[str], right: Sequence[str]) -> set[int]:
    """The indexes of given lines that make up a longest common subsequence with the right ones."""
    longest = [[0] * (len(right) + 1) for _ in range(len(given) + 1)]
    for i in reversed(range(len(given))):
        for j in reversed(range(len(right))):
            same = given[i] == right[j]
            longest[i][j] = longest[i + 1][j + 1] + 1 if same else max(longest[i + 1][j], longest[i][j + 1])
    common, i, j = set[int](), 0, 0
    while i < len(given) and j < len(right):
        if given[i] == right[j]:
            common.add(i)
            i, j = i + 1, j + 1
        elif longest[i + 1][j] >= longest[i][j + 1]:
            i += 1
        else:
            j += 1
    return common


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """{"output": text} or {"values": {number: value}}."""
    if not _values(task):
        return {"output": "\n".join(_in_language(task.spec["output"], language))}
    return {"values": {str(number): one["value"] for number, one in enumerate(_values(task), start=1)}}


def describe(task: Task, response: Response, *, language: str) -> str:
    """The lines, parted by ⏎, or the values: «x = 3; y = 7»."""
    values = response.get("values")
    if not _values(task):
        return " ⏎ ".join(lines(str(response.get("output") or "")))
    given = values if isinstance(values, Mapping) else {}
    named = {str(number): one["name"] for number, one in enumerate(_values(task), start=1)}
    return "; ".join(f"{named[number]} = {given[number]}" for number in named if given.get(number))


def draft(task: Task, form: Form) -> Response:
    """{"output": as typed} or {"values": as typed}."""
    if not _values(task):
        return {"output": only(form, "output")}
    return {"values": {str(number): only(form, f"value-{number}") for number in range(1, len(_values(task)) + 1)}}
