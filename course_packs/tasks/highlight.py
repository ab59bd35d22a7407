"""Highlight: find what is wrong in a text, by words or by parts that the author has cut.

The author marks places in the text itself: `[[name: words]]`. A name stands under `spans`; one that is no `decoy` is to
be found. By words, every word can be chosen, and any word of a place finds it; by parts, only what stands in double
brackets can, and parts without a name are decoys.

Fraction = (places found − words or parts chosen wrongly) / places, not below 0. `parts` tells of each chosen token
whether it is right; a token's id is language and number, all tokens being counted alike. A place's own mistake is made
by whoever misses it, a decoy's by whoever falls for it.
"""

# ruff: noqa: A001 - the names of the functions are those of contract.TaskType.

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypedDict, cast

from course_packs.format.canonical import load_mistake
from course_packs.format.diagnostics import Report
from course_packs.format.fields import as_mapping, check_keys, flag, mapping_at, one_of
from course_packs.format.model import Spec, Task, Text, pick
from course_packs.format.texts import text_at, text_or_none
from course_packs.format.yaml_source import MappingNode
from course_packs.tasks.contract import Form, Outcome, Response, ResponseError, outcome
from course_packs.tasks.mistakes import mistake_data

name: Final = "highlight"
SCHEMA: Final[Mapping[str, str]] = {
    "text": "text with [[name: marked places]]; blank lines part paragraphs",
    "by": "words | parts (words): what can be chosen, any word or the marked parts only",
    "spans": "1–12 × name: {feedback?, mistake?, decoy: true?}",
}
MOST_TOKENS: Final = 150
_MARK: Final = re.compile(r"\[\[(?:([a-z][a-z0-9-]*): )?([^\[\]]*?)\]\]", re.DOTALL)


class _Span(TypedDict):
    decoy: bool
    feedback: Text | None
    mistake: Mapping[str, Any] | None


Piece = list[str]
"""[text, token id or "", span name or ""]."""


def compile(node: MappingNode, report: Report) -> Spec:
    """Spec: {by, texts: {language: [paragraph: [[text, token, span]]]}, spans: {name: {decoy, feedback, mistake}}}."""
    for key in ("text", "spans"):
        if node.get(key) is None:
            report.add("P010", node, key=key)
    by = one_of(node, "by", report, ("words", "parts"), "words")
    spans = _spans(node, report)
    source = text_at(node, "text", report, "verbatim")
    texts = {language: _cut(text, language, by) for language, text in source.items()}
    _check(node, source, texts, spans, by, report)
    return {"by": by, "texts": texts, "spans": spans}


def _spans(node: MappingNode, report: Report) -> dict[str, _Span]:
    mapping = mapping_at(node, "spans", report)
    if mapping is None:
        return {}
    if not 1 <= len(mapping.entries) <= 12:
        report.add("P016", mapping, count=len(mapping.entries), low=1, high=12)
    spans: dict[str, _Span] = {}
    for key, value in mapping.entries.items():
        entry = as_mapping(value, report)
        if entry is not None:
            check_keys(entry, report, ("feedback", "mistake", "decoy"))
            spans[key] = {
                "decoy": flag(entry, "decoy", report, default=False),
                "feedback": text_or_none(entry, "feedback", report, "block"),
                "mistake": mistake_data(entry, report).get("mistake"),
            }
    return spans


def _cut(text: str, language: str, by: str) -> list[list[Piece]]:
    numbers = iter(range(1, 100_000))
    return [
        [piece for text_, key in _stretches(paragraph) for piece in _pieces(text_, key, language, by, numbers)]
        for paragraph in re.split(r"\n\s*\n", text.strip())
    ]


def _stretches(paragraph: str) -> Iterator[tuple[str, str | None]]:
    """Text by stretches: of a mark (its name, perhaps empty) or between marks (None)."""
    end = 0
    for mark in _MARK.finditer(paragraph):
        yield paragraph[end : mark.start()], None
        yield mark[2].strip(), mark[1] or ""
        end = mark.end()
    yield paragraph[end:], None


def _pieces(text: str, key: str | None, language: str, by: str, numbers: Iterator[int]) -> Iterator[Piece]:
    if by == "parts":
        if text:
            yield [text, "" if key is None else f"{language}-{next(numbers)}", key or ""]
        return
    for piece in re.findall(r"\s+|\S+", text):
        word = any(sign.isalnum() for sign in piece)
        yield [piece, f"{language}-{next(numbers)}" if word else "", key or ""]


def _check(
    node: MappingNode,
    source: Text,
    texts: Mapping[str, Sequence[Sequence[Piece]]],
    spans: Mapping[str, _Span],
    by: str,
    report: Report,
) -> None:
    place = node.get("text") or node
    wanted = {key for key, span in spans.items() if not span["decoy"]}
    mapping = node.get("spans")
    for language, text in source.items():
        marks = [(mark[1] or "", mark[2]) for mark in _MARK.finditer(text)]
        rest = _MARK.sub("", text)
        if "[[" in rest or "]]" in rest or not all(words.strip() for _, words in marks):
            report.add("P251", place, language=language)
        named = {key for key, _ in marks if key}
        for key in sorted(named - spans.keys()):
            report.add("P253", place, key=key, guess=report.guess(key, spans))
        for key in spans:
            if key not in named and isinstance(mapping, MappingNode):
                report.add("P252", mapping.keys[key], key=key, language=language)
        if by == "words" and len(named) < len({key for key, _ in marks}):
            report.add("P254", place)
        tokens = [piece for paragraph in texts[language] for piece in paragraph if piece[1]]
        if len(tokens) > MOST_TOKENS:
            report.add("P256", place, count=len(tokens), limit=MOST_TOKENS)
        if tokens and all(piece[2] in wanted for piece in tokens):
            report.add("P203", place)
    if spans and not wanted:
        report.add("P255", node.keys["spans"])


def _spans_of(task: Task) -> Mapping[str, _Span]:
    return cast("Mapping[str, _Span]", task.spec["spans"])


def _texts(task: Task) -> Mapping[str, list[list[Piece]]]:
    return cast("Mapping[str, list[list[Piece]]]", task.spec["texts"])


def _paragraphs(task: Task, language: str) -> list[list[Piece]]:
    texts = _texts(task)
    return texts[language] if language in texts else next(iter(texts.values()))


def _tokens(task: Task) -> Iterator[Piece]:
    """What can be chosen, in every language."""
    for paragraphs in _texts(task).values():
        for paragraph in paragraphs:
            yield from (piece for piece in paragraph if piece[1])


def _wanted(task: Task, piece: Piece) -> bool:
    return piece[2] != "" and not _spans_of(task)[piece[2]]["decoy"]


def view(task: Task, *, language: str, seed: int) -> dict[str, Any]:
    """{by, paragraphs: [[{text, id}]]}; what cannot be chosen has an empty id."""
    return {
        "by": task.spec["by"],
        "paragraphs": [
            [{"text": text, "id": token} for text, token, _ in paragraph] for paragraph in _paragraphs(task, language)
        ],
    }


def read(task: Task, form: Form) -> Response:
    """Field `word`, repeated → {"chosen": [token ids]}. ResponseError: empty, unknown-option."""
    chosen = {value for value in form.get("word", ()) if value}
    if not chosen:
        raise ResponseError("empty")
    known = [token for _, token, _ in _tokens(task)]
    if not chosen <= set(known):
        raise ResponseError("unknown-option")
    return {"chosen": [token for token in known if token in chosen]}


def mark(task: Task, response: Response) -> Outcome:
    """Parts: chosen token → right?"""
    wanted = set(response.get("chosen", ()))
    chosen = [piece for piece in _tokens(task) if piece[1] in wanted]
    spans, parts = _spans_of(task), {piece[1]: _wanted(task, piece) for piece in chosen}
    met = [key for key in spans if any(piece[2] == key for piece in chosen)]
    places = [key for key, span in spans.items() if not span["decoy"]]
    missed = [key for key in places if key not in met] if chosen else []
    wrong = list(parts.values()).count(False)
    made = [spans[key]["mistake"] for key in spans if key in missed or (key in met and spans[key]["decoy"])]
    return outcome(
        task,
        Decimal(max(0, sum(key in met for key in places) - wrong)) / len(places),
        feedback=[text for key in met if (text := spans[key]["feedback"]) is not None],
        mistakes=[load_mistake(mistake) for mistake in made if mistake is not None],
        parts=parts,
    )


def solution(task: Task, *, language: str) -> dict[str, Any]:
    """{"chosen": all tokens of the places, "notes": [{text, html}]: each place with what there is to say of it}."""
    pieces = [piece for paragraph in _paragraphs(task, language) for piece in paragraph if piece[1]]
    notes = []
    for key, span in _spans_of(task).items():
        words = " ".join(piece[0] for piece in pieces if piece[2] == key)
        if not span["decoy"] and span["feedback"] is not None:
            notes.append({"text": words, "html": pick(span["feedback"], language)})
    return {"chosen": [piece[1] for piece in pieces if _wanted(task, piece)], "notes": notes}


def describe(task: Task, response: Response, *, language: str) -> str:
    """What was chosen: «экран; снял»."""
    chosen = response.get("chosen", ())
    return "; ".join(text for text, token, _ in _tokens(task) if token in chosen)


def draft(task: Task, form: Form) -> Response:
    """{"chosen": what was ticked}."""
    return {"chosen": list(form.get("word", ()))}
