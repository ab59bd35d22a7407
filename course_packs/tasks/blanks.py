"""Blanks: the small fields inside a bigger task (the gaps of a text, the cells of a table).

A blank is a word (`accept`), a number (`answer`) or a choice from a drop-down list (`options`). Each is compiled and
marked by the task type that asks the same question alone, so that it forgives exactly what that one forgives. A blank's
answer is one string: the word, the number as `decimal_text` spells it, or the id of the option.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, TypedDict, cast

from course_packs.format.canonical import load_mistake
from course_packs.format.diagnostics import Report
from course_packs.format.fields import check_keys, decimal, decimal_text
from course_packs.format.markdown import plain_text
from course_packs.format.model import Mistake, Spec, Task, Text, pick
from course_packs.format.texts import text_or_none
from course_packs.format.yaml_source import MappingNode
from course_packs.tasks import choice, number, short_text
from course_packs.tasks.arrangement import opaque_ids, shuffled
from course_packs.tasks.contract import Outcome, ResponseError, TaskType
from course_packs.tasks.mistakes import mistake_data

BLANK: Final = "accept, case?, typos?, max_length? | answer, tolerance?, unit?, near? | options"
COMMON: Final = "weight? (1), feedback?, mistake? for any wrong answer"
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "accept": ("accept", "case", "typos", "max_length"),
    "answer": ("answer", "tolerance", "unit", "near"),
    "options": ("options", "shuffle"),
}
_TYPES: Final[Mapping[str, TaskType]] = {"accept": short_text, "answer": number, "options": choice}
_FIELDS: Final = {"accept": "text", "answer": "number", "options": "choice"}


class Blank(TypedDict):
    """`by` names the key that holds the answer; `spec` is that of the type it stands for."""

    by: str
    weight: str
    feedback: Text | None
    mistake: Mapping[str, Any] | None
    spec: Spec


def is_blank(node: object) -> bool:
    """Whether a node describes a field (and is no text by languages)."""
    return isinstance(node, MappingNode) and any(key in node.entries for key in _KEYS)


def compile_blank(node: MappingNode, report: Report) -> Blank | None:
    """A field from the author's YAML; None, after a diagnostic, when it does not say what it asks for."""
    given = [key for key in _KEYS if node.get(key) is not None]
    if len(given) != 1:
        report.add("P226", node)
        return None
    by = given[0]
    check_keys(node, report, (*_KEYS[by], "weight", "feedback", "mistake"))
    spec = _TYPES[by].compile(node, report)
    return {
        "by": by,
        "weight": decimal_text(decimal(node, "weight", report, default=Decimal(1), high=100, above_low=True)),
        "feedback": text_or_none(node, "feedback", report, "block"),
        "mistake": mistake_data(node, report).get("mistake"),
        "spec": _with_opaque_ids(spec, node, report) if by == "options" else spec,
    }


def _with_opaque_ids(spec: Spec, node: MappingNode, report: Report) -> Spec:
    options = spec["options"]
    if any(is_more_than_words(option["text"]) for option in options):
        report.add("P227", node.keys["options"])
    ids = opaque_ids([option["text"] for option in options])
    return {
        **spec,
        "options": [{**option, "id": option_id} for option_id, option in zip(ids, options, strict=True)],
    }


def is_more_than_words(text: Text) -> bool:
    """Whether a text holds what a drop-down list of a browser cannot show: a picture or a formula."""
    return any(tag in html for html in text.values() for tag in ("<img", "<math"))


def _alone(task: Task, blank: Blank) -> Task:
    """The task that the blank would be, were it one."""
    return replace(task, spec=blank["spec"], feedback={}, mistake=None)


def view_blank(task: Task, blank: Blank, *, language: str, seed: int) -> dict[str, Any]:
    """{kind: text | number | choice}, and by kind: max_length; unit (or null); options: [{id, html}]."""
    seen = _TYPES[blank["by"]].view(_alone(task, blank), language=language, seed=seed)
    kept: dict[str, Any] = {key: seen[key] for key in ("max_length", "unit") if key in seen}
    if "options" in seen:
        ordered = sorted(seen["options"], key=lambda option: str(option["id"]))
        # An author's own order (small, middle, large) stays as it is written.
        kept["options"] = shuffled(ordered, task, seed) if blank["spec"]["shuffle"] else seen["options"]
    return {"kind": _FIELDS[blank["by"]], **kept}


def read_blanks(task: Task, blanks: Mapping[str, Blank], typed: Mapping[str, str]) -> dict[str, str]:
    """Blank id → answer. `typed` holds what was sent for each.

    ResponseError: empty, incomplete, too-long, no-number, unknown-unit, unknown-option.
    """
    values = {key: typed.get(key, "").strip() for key in blanks}
    if not any(values.values()):
        raise ResponseError("empty")
    if not all(values.values()):
        raise ResponseError("incomplete", missing=str(sum(not value for value in values.values())))
    return {key: _read(task, blank, values[key]) for key, blank in blanks.items()}


def _read(task: Task, blank: Blank, value: str) -> str:
    field = _FIELDS[blank["by"]]
    try:
        response = _TYPES[blank["by"]].read(_alone(task, blank), {field: [value]})
    except ResponseError as refused:
        if refused.code == "not-a-number":
            # One of several fields: say which, by what was typed there.
            raise ResponseError("no-number", value=value[:20]) from None
        raise
    return str(response["chosen"][0] if field == "choice" else response[field])


def _as_response(blank: Blank, value: str) -> dict[str, Any]:
    match blank["by"]:
        case "options":
            return {"chosen": [value]}
        case by:
            return {_FIELDS[by]: value}


def mark_blank(task: Task, blank: Blank, value: str) -> Outcome:
    """What one blank is worth, from 0 to 1, with what is said to it and the mistake it shows."""
    found = _TYPES[blank["by"]].mark(_alone(task, blank), _as_response(blank, value))
    said, mistakes = found.feedback, found.mistakes
    if found.fraction < 1 and not said and blank["feedback"] is not None:
        said = (blank["feedback"],)
    if found.fraction == 0 and not mistakes and blank["mistake"] is not None:
        mistakes = (load_mistake(blank["mistake"]),)
    return replace(found, feedback=said, mistakes=mistakes)


def solve_blank(task: Task, blank: Blank, *, language: str) -> str:
    """A right answer to one blank."""
    right = _TYPES[blank["by"]].solution(_alone(task, blank), language=language)
    return str(right["chosen"][0] if blank["by"] == "options" else right[_FIELDS[blank["by"]]])


def describe_blank(task: Task, blank: Blank, value: str, *, language: str) -> str:
    """One answer as people read it: an option by its words."""
    if blank["by"] != "options":
        return " ".join(part for part in (value, blank["spec"].get("unit")) if part)
    texts = {option["id"]: option["text"] for option in blank["spec"]["options"]}
    return plain_text(pick(texts[value], language)) if value in texts else ""


def sum_up(
    blanks: Mapping[str, Blank], found: Mapping[str, Outcome], labels: Mapping[str, Text]
) -> tuple[Decimal, list[Text], list[Mistake]]:
    """The weighted share of all blanks, their feedback (each headed by its label) and their mistakes, in order."""
    weights = {key: Decimal(blank["weight"]) for key, blank in blanks.items()}
    earned = sum((weights[key] * found[key].fraction for key in blanks), Decimal(0))
    # Dividing at once, not blank by blank: all right must be exactly one.
    fraction = earned / sum(weights.values(), Decimal(0))
    said = [headed(labels[key], text) for key in blanks for text in found[key].feedback]
    return fraction, said, [mistake for key in blanks for mistake in found[key].mistakes]


def headed(label: Text, text: Text) -> Text:
    """Feedback that says what it speaks of; `label` is safe HTML of one line."""
    return {language: _headed(pick(label, language), html) for language, html in text.items()}


def _headed(label: str, html: str) -> str:
    head = f"<p><strong>{label}.</strong>"
    # One line for the usual feedback of one paragraph; a list or a table begins below its head.
    return f"{head} {html.removeprefix('<p>')}" if html.startswith("<p>") else f"{head}</p>{html}"


def typed_in(form: Mapping[str, Sequence[str]], prefix: str) -> dict[str, str]:
    """Id → what was sent, of all fields whose name begins with `prefix`."""
    return {key.removeprefix(prefix): values[0] for key, values in form.items() if key.startswith(prefix) and values}


def blanks_of(task: Task, key: str) -> dict[str, Blank]:
    """Blank id → blank, from a spec's list of {id, …blank}, in the author's order."""
    return {entry["id"]: cast("Blank", entry) for entry in task.spec[key]}
