"""What each QTI interaction becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from course_packs.exchange import gaps, questions
from course_packs.exchange.drafts import Scribe
from course_packs.exchange.markdown_writer import escape
from course_packs.exchange.qti_source import BLANK, Declaration, html_of, tolerance_of
from course_packs.exchange.questions import Answer, NumberAnswer, Refused
from course_packs.exchange.xml_source import Element
from course_packs.format.fields import parse_decimal

tolerance = tolerance_of
_NUMBERS: Final = frozenset({"integer", "float"})
_BLANK_SHOWN: Final = escape(BLANK)
_MAX_UNIT: Final = 20
_INLINE: Final = frozenset({"textEntryInteraction", "inlineChoiceInteraction"})


@dataclass
class Item:
    """A normalised item; `used_feedback` fills with the identifiers of feedback that went to options."""

    root: Element
    body: Element
    responses: Mapping[str, Declaration]
    scribe: Scribe
    tolerance: Callable[[str], Decimal]
    used_feedback: set[str] = field(default_factory=set)

    def response(self, interaction: Element) -> Declaration:
        """The declaration of an interaction's response. Raises Refused when there is none."""
        identifier = interaction.attributes.get("responseIdentifier", "")
        if identifier not in self.responses:
            raise Refused("X103", problem=f"responseDeclaration {identifier}")
        return self.responses[identifier]

    def text(self, element: Element, blank: Callable[[Element], str] | None = None) -> str:
        """The content as HTML; interactions leave a gap when `blank` says so, and nothing otherwise."""
        return html_of(element, blank or (lambda _: ""), lambda what: self.scribe.tell("X202", what))

    def feedback_for(self, choice: Element) -> str:
        """What is said to one who chose it: inside the choice, or in a modal feedback of its name."""
        identifier = choice.attributes.get("identifier", "")
        parts = [self.text(one) for one in choice.all("feedbackInline")]
        for modal in self.root.all("modalFeedback"):
            if modal.attributes.get("identifier") == identifier:
                self.used_feedback.add(identifier)
                parts.append(self.text(modal))
        return self.scribe.block("".join(parts)) if parts else ""

    def choice_text(self, choice: Element) -> str:
        """The words of a choice without its feedback, as one line of Markdown."""
        bare = [part for part in choice.children if isinstance(part, str) or part.tag != "feedbackInline"]
        return self.scribe.inline(self.text(Element(choice.tag, {}, choice.line, bare)))


def tasks(item: Item, found: Sequence[Element]) -> list[dict[str, Any]]:
    """The tasks of an item, each with its prompt. Raises Refused when none can be made."""
    if any(one.tag == "gapMatchInteraction" for one in found) or (
        len(found) > 1 and any(one.tag in _INLINE for one in found)
    ):
        return [_gaps(item, found)]
    made = []
    prompts = _prompts(item, found)
    for interaction, text in zip(found, prompts, strict=True):
        maker = _MAKERS.get(interaction.tag)
        if maker is None:
            raise Refused("X101", type=interaction.tag)
        data = maker(item, interaction)
        prompt, unit = _without_lone_blank(text)
        if data["type"] == "number" and unit:
            data["unit"] = unit
        elif unit:
            prompt = text
        made.append({"type": data.pop("type"), "prompt": prompt or escape(item.scribe.place.question), **data})
    if len(made) > 1:
        item.scribe.tell("X301", f"1 → {len(made)}")
    return made


def _prompts(item: Item, found: Sequence[Element]) -> list[str]:
    """The text before each interaction with its own prompt; what follows the last one goes with it."""
    mark = "\ue001"
    html = item.text(item.body, lambda element: mark if element in found else "")
    if len(found) == 1:
        inner = shown(item, found[0])
        return [item.scribe.block(html.replace(mark, inner, 1))]
    pieces = html.split(mark)
    prompts = []
    for number, (before, after) in enumerate(pairwise(pieces)):
        last = after if number == len(found) - 1 else ""
        prompts.append(item.scribe.block(before + shown(item, found[number]) + last))
    return prompts


def _without_lone_blank(prompt: str) -> tuple[str, str]:
    """The prompt without a last line that is nothing but the field, and the unit that stands behind the field."""
    before, _, last = prompt.rpartition("\n\n")
    unit = last.removeprefix(_BLANK_SHOWN).strip()
    if not before or not last.startswith(_BLANK_SHOWN) or len(unit) > _MAX_UNIT or " " in unit:
        return prompt, ""
    return before, unit


def _gaps(item: Item, found: Sequence[Element]) -> dict[str, Any]:
    """Fields inside a text; words dragged into it are chosen from lists."""
    others = {one.tag for one in found} - {*_INLINE, "gapMatchInteraction"}
    if others:
        raise Refused("X101", type=", ".join(sorted({one.tag for one in found})))
    entries: list[dict[str, Any]] = []

    def mark(entry: dict[str, Any]) -> str:
        entries.append({key: value for key, value in entry.items() if key not in {"type", "multiple", "feedback"}})
        return gaps.mark(len(entries))

    def blank(element: Element) -> str:
        if element.tag == "gapMatchInteraction":
            words = [one for one in element if one.tag in {"gapText", "gapImg"}]
            rest = [part for part in element.children if isinstance(part, str) or part not in words]
            inner = Element("div", {}, element.line, rest)
            return item.text(inner, lambda gap: mark(_gap_of_words(item, element, gap, words)))
        return mark(_MAKERS[element.tag](item, element))

    prompt, data = gaps.from_marks(item.text(item.body, blank), entries, item.scribe)
    return {"prompt": prompt, **data}


def _gap_of_words(item: Item, interaction: Element, gap: Element, words: Sequence[Element]) -> dict[str, Any]:
    if any(word.tag == "gapImg" for word in words):
        raise Refused("X101", type="gapImg")
    wanted = [left for left, right in _pairs(item, interaction) if right == gap.attributes.get("identifier")]
    if not wanted:
        raise Refused("X106", problem=gap.attributes.get("identifier", "gap"))
    answers = [
        Answer(item.choice_text(word), questions.FULL * (word.attributes.get("identifier") == wanted[0]))
        for word in words
    ]
    return {"options": questions.choice(answers, item.scribe, single=True)["options"]}


def shown(item: Item, interaction: Element) -> str:
    """What of an interaction belongs to the question: its prompt, the text with hot words, a gap."""
    if interaction.tag in _INLINE:
        return BLANK
    if interaction.tag == "hottextInteraction":
        return item.text(interaction, lambda hot: f"<strong>{item.text(hot)}</strong>")
    prompt = interaction.first("prompt")
    return "" if prompt is None else f"<div>{item.text(prompt)}</div>"


def _choice(item: Item, interaction: Element) -> dict[str, Any]:
    choices = [one for one in interaction.walk() if one.tag in {"simpleChoice", "inlineChoice", "hottext"}]
    response = item.response(interaction)
    if _is_true_false(choices) and len(response.correct) == 1:
        told = {one.attributes["identifier"].lower(): item.feedback_for(one) for one in choices}
        verdict = response.correct[0].lower() == "true"
        return questions.true_false(right=verdict, when_true=told["true"], when_false=told["false"])
    single = response.cardinality == "single"
    right = set(response.correct) or {key for key, value in response.mapping.items() if value > 0}
    if not right:
        raise Refused("X106", problem="correctResponse")
    answers = [
        Answer(item.choice_text(one), _percent(one, response, right, single=single), item.feedback_for(one))
        for one in choices
    ]
    shuffle = interaction.attributes.get("shuffle", "false") == "true"
    return questions.choice(answers, item.scribe, single=single, shuffle=shuffle)


def _is_true_false(choices: Sequence[Element]) -> bool:
    """Whether the choices are those of our own export: by the words, for others use the names as well."""
    words = {one.attributes.get("identifier", "").lower(): one.children[0] if one.children else "" for one in choices}
    return words.keys() == {"true", "false"} and str(words["true"]).strip() in {"Верно", "True"}


def _percent(choice: Element, response: Declaration, right: set[str], *, single: bool) -> Decimal:
    identifier = choice.attributes.get("identifier", "")
    if response.mapping:
        whole = response.best if single else sum((v for v in response.mapping.values() if v > 0), Decimal(0))
        return 100 * response.mapping.get(identifier, Decimal(0)) / whole if whole > 0 else Decimal(0)
    share = questions.FULL if single else questions.FULL / len(right)
    return share if identifier in right else Decimal(0) if single else -share


def _entry(item: Item, interaction: Element) -> dict[str, Any]:
    response = item.response(interaction)
    if response.base_type in _NUMBERS:
        return _number(item, interaction)
    texts = dict.fromkeys([*response.correct, *response.mapping])
    best = response.best or Decimal(1)
    answers = []
    for text in texts:
        share = response.mapping.get(text, best if text in response.correct else Decimal(0))
        answers.append(Answer(text.replace("*", "\\*"), 100 * min(max(share / best, Decimal(0)), Decimal(1))))
    data, _ = questions.short_text(answers, item.scribe, case=response.case and _differs_by_case(texts))
    return data


def _differs_by_case(texts: Mapping[str, None]) -> bool:
    """Letter case counts by default in QTI; we keep that only where the author cared, having both spellings."""
    return len({text.casefold() for text in texts}) < len(texts)


def _number(item: Item, interaction: Element) -> dict[str, Any]:
    response = item.response(interaction)
    margin = item.tolerance(interaction.attributes.get("responseIdentifier", ""))
    values = dict.fromkeys([*response.correct, *(key for key, value in response.mapping.items() if value > 0)])
    answers = []
    for text in values:
        value = parse_decimal(text.replace(",", "."))
        if value is None:
            raise Refused("X103", problem=text)
        share = response.mapping.get(text, response.best) / response.best if response.best else Decimal(1)
        answers.append(NumberAnswer(value, margin, 100 * share))
    data, _ = questions.number(answers, item.scribe)
    return data


def _order(item: Item, interaction: Element) -> dict[str, Any]:
    choices = {one.attributes.get("identifier", ""): one for one in interaction.all("simpleChoice")}
    right = [choices[identifier] for identifier in item.response(interaction).correct if identifier in choices]
    if not right:
        raise Refused("X106", problem="correctResponse")
    if len(right) < len(choices):
        item.scribe.tell("X304", str(len(choices) - len(right)), problem="correctResponse")
    return questions.ordering([item.choice_text(one) for one in right], item.scribe)


def _pairs(item: Item, interaction: Element) -> list[tuple[str, str]]:
    response = item.response(interaction)
    keys = response.correct or tuple(key for key, value in response.mapping.items() if value > 0)
    pairs = [tuple(key.split()) for key in keys]
    if not pairs or any(len(pair) != 2 for pair in pairs):
        raise Refused("X106", problem="correctResponse")
    return [(pair[0], pair[1]) for pair in pairs]


def _match(item: Item, interaction: Element) -> dict[str, Any]:
    sets = interaction.all("simpleMatchSet")
    if len(sets) != 2:
        raise Refused("X103", problem="simpleMatchSet")
    lefts, rights = (
        {one.attributes.get("identifier", ""): one for one in each.all("simpleAssociableChoice")} for each in sets
    )
    pairs = _pairs(item, interaction)
    if len({left for left, _ in pairs}) < len(pairs):
        # A left side with several right ones is a right side with several left ones, seen from the other bank.
        pairs, lefts, rights = [(right, left) for left, right in pairs], rights, lefts
    if len({left for left, _ in pairs}) < len(pairs):
        raise Refused("X101", type="matchInteraction n:m")
    return _paired(item, pairs, lefts, rights)


def _associate(item: Item, interaction: Element) -> dict[str, Any]:
    choices = {one.attributes.get("identifier", ""): one for one in interaction.all("simpleAssociableChoice")}
    pairs = _pairs(item, interaction)
    if len({left for left, _ in pairs}) < len(pairs):
        pairs = [(right, left) for left, right in pairs]
    if len({left for left, _ in pairs}) < len(pairs):
        raise Refused("X101", type="associateInteraction n:m")
    lefts = {left for left, _ in pairs}
    item.scribe.tell("X301", "associateInteraction")
    return _paired(
        item,
        pairs,
        {key: one for key, one in choices.items() if key in lefts},
        {key: one for key, one in choices.items() if key not in lefts},
    )


def _paired(
    item: Item, pairs: Sequence[tuple[str, str]], lefts: Mapping[str, Element], rights: Mapping[str, Element]
) -> dict[str, Any]:
    unknown = [pair for pair in pairs if pair[0] not in lefts or pair[1] not in rights]
    if unknown:
        raise Refused("X103", problem=" ".join(unknown[0]))
    named = dict(pairs)
    for key in lefts:
        if key not in named:
            item.scribe.tell("X304", item.choice_text(lefts[key]), problem="—")
    sides = [(item.choice_text(lefts[key]), item.choice_text(rights[named[key]])) for key in lefts if key in named]
    used = set(named.values())
    extra = [item.choice_text(one) for key, one in rights.items() if key not in used]
    return questions.matching(sides, extra, item.scribe)


_MAKERS: Final[Mapping[str, Callable[[Item, Element], dict[str, Any]]]] = {
    "choiceInteraction": _choice,
    "inlineChoiceInteraction": _choice,
    "hottextInteraction": _choice,
    "textEntryInteraction": _entry,
    "sliderInteraction": _number,
    "orderInteraction": _order,
    "matchInteraction": _match,
    "associateInteraction": _associate,
}
