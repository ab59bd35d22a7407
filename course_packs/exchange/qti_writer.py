"""A pack as a QTI 3.0 package: an item for each task and page, a test whose sections are the units.

https://www.imsglobal.org/spec/qti/v3p0/impl — items carry their own response processing: it sets SCORE, tells the
options' feedback by FEEDBACK and that of the verdict by VERDICT.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from course_packs.exchange.leaving import Leaving, margin, mistakes_in, spellings
from course_packs.exchange.packaging import Parts, packed
from course_packs.format.fields import decimal_text
from course_packs.format.model import Step, Task, Text, Unit

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE: Final = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
_SCHEMA: Final = "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqti_asiv3p0_v1p0.xsd"
_MANIFEST: Final = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"


def write_qti(leaving: Leaving) -> bytes:
    """The package, a ZIP archive."""
    leaving.tell_languages()
    parts: Parts = {}
    resources: list[str] = []
    sections: list[str] = []
    for unit, steps in leaving.units():
        refs = []
        for step in steps:
            before = set(leaving.shown)
            leaving.shown.clear()
            xml = _Item(leaving, unit, step).xml()
            pictures, leaving.shown = set(leaving.shown), before | leaving.shown
            if not xml:
                continue
            identifier = f"{unit.id}-{step.id}"
            path = f"items/{identifier}.xml"
            parts[path] = xml.encode()
            files = "".join(f'<file href="media/{escape(name)}"/>' for name in sorted(pictures))
            resources.append(
                f'<resource identifier="r-{identifier}" type="imsqti_item_xmlv3p0" href="{path}">'
                f'<file href="{path}"/>{files}</resource>'
            )
            refs.append(f'<qti-assessment-item-ref identifier="i-{identifier}" href="{path}"/>')
        title = quoteattr(leaving.text(unit.title))
        sections.append(
            f'<qti-assessment-section identifier="s-{unit.id}" title={title} visible="true">{"".join(refs)}'
            "</qti-assessment-section>"
        )
    parts |= {f"media/{name}": leaving.picture(name) for name in sorted(leaving.shown)}
    parts["test.xml"] = _test(leaving, sections).encode()
    parts["imsmanifest.xml"] = _manifest(leaving, resources).encode()
    return packed(parts)


def _test(leaving: Leaving, sections: list[str]) -> str:
    title = quoteattr(leaving.text(leaving.pack.title))
    return (
        f'{_HEAD}<qti-assessment-test xmlns="{_SPACE}" identifier="t-{leaving.pack.id}" title={title}>'
        '<qti-test-part identifier="part" navigation-mode="nonlinear" submission-mode="individual">'
        f"{''.join(sections)}</qti-test-part></qti-assessment-test>\n"
    )


def _manifest(leaving: Leaving, resources: list[str]) -> str:
    return (
        f'{_HEAD}<manifest xmlns="{_MANIFEST}" identifier="m-{leaving.pack.id}"><metadata>'
        "<schema>QTI Package</schema><schemaversion>3.0.0</schemaversion></metadata><organizations/><resources>"
        '<resource identifier="r-test" type="imsqti_test_xmlv3p0" href="test.xml"><file href="test.xml"/></resource>'
        f"{''.join(resources)}</resources></manifest>\n"
    )


class _Item:
    def __init__(self, leaving: Leaving, unit: Unit, step: Step) -> None:
        self.leaving = leaving
        self.unit = unit
        self.step = step
        self.lost: list[str] = []

    def xml(self) -> str:
        """The item; an empty string, after a notice, for a task QTI export does not know."""
        report = self.leaving.report
        report.questions += 1
        task = self.step.task
        if task is None:
            report.pages += 1
            return self._whole("", f"<div>{self.html(self.step.html)}</div>", "", "")
        writer = _WRITERS.get(task.type)
        if writer is None:
            report.add("X501", self.leaving.place(self.unit, self.step), type=task.type)
            return ""
        report.carried += 1
        declarations, body, scoring = writer(self, task)
        self.lost += mistakes_in(task) + ["hint"] * (task.hint is not None)
        self.lost += ["tries"] * (task.tries != 2) + ["retry_penalty"] * (task.retry_penalty != Decimal("0.25"))
        self.leaving.missing(self.unit, self.step, self.lost)
        outcomes = _float_outcome("SCORE", task.points) + _float_outcome("MAXSCORE", task.points, default=task.points)
        outcomes += '<qti-outcome-declaration identifier="VERDICT" cardinality="single" base-type="identifier"/>'
        prompt = f"<div>{self.html(task.prompt)}</div>"
        return self._whole(
            declarations + outcomes, prompt + body, scoring + _verdict(), self._modal(task), points=task.points
        )

    def _whole(self, declarations: str, body: str, processing: str, modal: str, points: Decimal = Decimal(1)) -> str:
        title = quoteattr(self.leaving.name(self.step) or self.step.id)
        scoring = f"<qti-response-processing>{processing}</qti-response-processing>" if processing else ""
        return (
            f'{_HEAD}<qti-assessment-item xmlns="{_SPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'xsi:schemaLocation="{_SPACE} {_SCHEMA}" identifier="i-{self.unit.id}-{self.step.id}" '
            f'title={title} label="{self.step.id}" '
            f'adaptive="false" time-dependent="false" xml:lang="{self.leaving.language}">{declarations}'
            f"<qti-item-body>{body}</qti-item-body>{scoring}{modal}</qti-assessment-item>\n"
        )

    def html(self, text: Text | None) -> str:
        """A text as it stands in an item's body."""
        return self.leaving.html(text, lambda name: posixpath.join("..", "media", name), xml=True)

    def _modal(self, task: Task) -> str:
        return "".join(
            f'<qti-modal-feedback outcome-identifier="VERDICT" identifier="{verdict}" show-hide="show">'
            f"<qti-content-body>{self.html(text)}</qti-content-body></qti-modal-feedback>"
            for verdict, text in task.feedback.items()
        )


def _float_outcome(name: str, maximum: Decimal, default: Decimal = Decimal(0)) -> str:
    return (
        f'<qti-outcome-declaration identifier="{name}" cardinality="single" base-type="float" '
        f'normal-maximum="{decimal_text(maximum)}"><qti-default-value><qti-value>{decimal_text(default)}</qti-value>'
        "</qti-default-value></qti-outcome-declaration>"
    )


def _response(name: str, cardinality: str, base_type: str, correct: list[str], mapping: str = "") -> str:
    values = "".join(f"<qti-value>{escape(value)}</qti-value>" for value in correct)
    return (
        f'<qti-response-declaration identifier="{name}" cardinality="{cardinality}" base-type="{base_type}">'
        f"<qti-correct-response>{values}</qti-correct-response>{mapping}</qti-response-declaration>"
    )


def _mapping(values: Mapping[str, Decimal], *, case: bool | None = None) -> str:
    told = "" if case is None else f' case-sensitive="{str(case).lower()}"'
    entries = "".join(
        f'<qti-map-entry map-key={quoteattr(key)} mapped-value="{decimal_text(value)}"{told}/>'
        for key, value in values.items()
    )
    return f'<qti-mapping default-value="0" lower-bound="0">{entries}</qti-mapping>'


def _sum(*terms: str) -> str:
    inner = terms[0] if len(terms) == 1 else f"<qti-sum>{''.join(terms)}</qti-sum>"
    return f'<qti-set-outcome-value identifier="SCORE">{inner}</qti-set-outcome-value>'


def _mapped(name: str) -> str:
    return f'<qti-map-response identifier="{name}"/>'


def _if(condition: str, then: str, otherwise: str = "") -> str:
    rest = f"<qti-response-else>{otherwise}</qti-response-else>" if otherwise else ""
    return (
        f"<qti-response-condition><qti-response-if>{condition}{then}</qti-response-if>{rest}</qti-response-condition>"
    )


def _set(name: str, value: str) -> str:
    return (
        f'<qti-set-outcome-value identifier="{name}"><qti-base-value base-type="identifier">{value}</qti-base-value>'
        "</qti-set-outcome-value>"
    )


def _verdict() -> str:
    score, maximum = '<qti-variable identifier="SCORE"/>', '<qti-variable identifier="MAXSCORE"/>'
    zero = '<qti-base-value base-type="float">0</qti-base-value>'
    partial = _if(f"<qti-gt>{score}{zero}</qti-gt>", _set("VERDICT", "partial"), _set("VERDICT", "wrong"))
    return _if(f"<qti-gte>{score}{maximum}</qti-gte>", _set("VERDICT", "correct"), partial)


def _full(points: Decimal) -> str:
    return (
        '<qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">'
        f"{decimal_text(points)}</qti-base-value></qti-set-outcome-value>"
    )


_RIGHT: Final = '<qti-match><qti-variable identifier="RESPONSE"/><qti-correct identifier="RESPONSE"/></qti-match>'


def _part(points: Decimal, count: int) -> Decimal:
    return (points / count).quantize(Decimal("0.0000000001"))


def _choice(item: _Item, task: Task) -> tuple[str, str, str]:
    options, multiple = task.spec["options"], task.spec["multiple"]
    right = [option["id"] for option in options if option["correct"]]
    part = _part(task.points, len(right))
    values = {option["id"]: part if option["correct"] else -part for option in options}
    cardinality = "multiple" if multiple else "single"
    declarations = _response("RESPONSE", cardinality, "identifier", right, _mapping(values) if multiple else "")
    declarations += (
        f'<qti-outcome-declaration identifier="FEEDBACK" cardinality="{cardinality}" base-type="identifier"/>'
    )
    choices = "".join(
        f'<qti-simple-choice identifier="{option["id"]}">{item.html(option["text"])}{_inline(item, option)}'
        "</qti-simple-choice>"
        for option in options
    )
    shuffle = str(task.spec["shuffle"]).lower()
    body = (
        f'<qti-choice-interaction response-identifier="RESPONSE" shuffle="{shuffle}" '
        f'max-choices="{0 if multiple else 1}">{choices}</qti-choice-interaction>'
    )
    told = '<qti-set-outcome-value identifier="FEEDBACK"><qti-variable identifier="RESPONSE"/></qti-set-outcome-value>'
    scoring = _sum(_mapped("RESPONSE")) if multiple else _if(_RIGHT, _full(task.points))
    # Equal parts of the whole may add up to a hair less: what is wholly right earns the whole.
    return declarations, body, told + scoring + (_if(_RIGHT, _full(task.points)) if multiple else "")


def _inline(item: _Item, option: Mapping[str, Any]) -> str:
    if option["feedback"] is None:
        return ""
    return (
        f'<qti-feedback-inline outcome-identifier="FEEDBACK" identifier="{option["id"]}" show-hide="show">'
        f"{item.html(option['feedback'])}</qti-feedback-inline>"
    )


def _true_false(item: _Item, task: Task) -> tuple[str, str, str]:
    item.lost += ["reasons"] * bool(task.spec["reasons"])
    words = {"true": ("Верно", "True"), "false": ("Неверно", "False")}
    choices = "".join(
        f'<qti-simple-choice identifier="{key}">{shown[item.leaving.language != "ru"]}</qti-simple-choice>'
        for key, shown in words.items()
    )
    body = f'<qti-choice-interaction response-identifier="RESPONSE" max-choices="1">{choices}</qti-choice-interaction>'
    right = str(task.spec["answer"]).lower()
    return _response("RESPONSE", "single", "identifier", [right]), body, _if(_RIGHT, _full(task.points))


def _texts(item: _Item, spec: Mapping[str, Any], points: Decimal) -> tuple[list[str], str]:
    """The correct answer and the mapping of a typed word."""
    values: dict[str, Decimal] = {}
    for entry in spec["accept"]:
        item.lost += ["accept.feedback"] * (entry["feedback"] is not None)
        if entry["regex"]:
            item.lost.append("regex")
            continue
        for text in spellings(entry["text"]):
            values.setdefault(text, Decimal(entry["fraction"]) * points)
    item.lost += ["typos"] * bool(spec["typos"])
    first = next(text for text, value in values.items() if value == points)
    return [first], _mapping(values, case=spec["case"])


def _short_text(item: _Item, task: Task) -> tuple[str, str, str]:
    item.lost += ["max_length"] * (task.spec["max_length"] != 200)
    correct, mapping = _texts(item, task.spec, task.points)
    declarations = _response("RESPONSE", "single", "string", correct, mapping)
    return declarations, _entry_line("RESPONSE"), _sum(_mapped("RESPONSE"))


def _entry_line(name: str, unit: str = "") -> str:
    after = f" {escape(unit)}" if unit else ""
    return f'<p><qti-text-entry-interaction response-identifier="{name}" expected-length="20"/>{after}</p>'


def _near(name: str, spec: Mapping[str, Any]) -> str:
    off = decimal_text(margin(spec))
    mode = "absolute" if off != "0" else "exact"
    told = f' tolerance="{off} {off}"' if off != "0" else ""
    return (
        f'<qti-equal tolerance-mode="{mode}"{told}><qti-variable identifier="{name}"/>'
        f'<qti-correct identifier="{name}"/></qti-equal>'
    )


def _number_lost(item: _Item, spec: Mapping[str, Any]) -> None:
    item.lost += ["near"] * bool(spec["near"]) + ["units"] * (len(spec["units"]) > 1)
    item.lost += ["tolerance.relative"] * bool(spec["tolerance"] and spec["tolerance"][0] == "relative")


def _number(item: _Item, task: Task) -> tuple[str, str, str]:
    _number_lost(item, task.spec)
    declarations = _response("RESPONSE", "single", "float", [task.spec["answer"]])
    body = _entry_line("RESPONSE", task.spec["unit"] or "")
    return declarations, body, _if(_near("RESPONSE", task.spec), _full(task.points))


def _ordering(item: _Item, task: Task) -> tuple[str, str, str]:
    item.lost += ["labels"] * bool(task.spec["labels"]) + ["partial"]
    items = task.spec["items"]
    shown = sorted(items, key=lambda one: str(one["id"]))
    choices = "".join(
        f'<qti-simple-choice identifier="{one["id"]}">{item.html(one["text"])}</qti-simple-choice>' for one in shown
    )
    body = f'<qti-order-interaction response-identifier="RESPONSE" shuffle="true">{choices}</qti-order-interaction>'
    declarations = _response("RESPONSE", "ordered", "identifier", [one["id"] for one in items])
    return declarations, body, _if(_RIGHT, _full(task.points))


def _matching(item: _Item, task: Task) -> tuple[str, str, str]:
    left, right, pairs = task.spec["left"], task.spec["right"], task.spec["pairs"]
    part = _part(task.points, len(pairs))
    keys = [f"L-{one} R-{other}" for one, other in pairs.items()]

    def side(texts: Mapping[str, Text], letter: str, most: int) -> str:
        choices = "".join(
            f'<qti-simple-associable-choice identifier="{letter}-{key}" match-max="{most}">{item.html(text)}'
            "</qti-simple-associable-choice>"
            for key, text in texts.items()
        )
        return f"<qti-simple-match-set>{choices}</qti-simple-match-set>"

    body = (
        f'<qti-match-interaction response-identifier="RESPONSE" shuffle="true" max-associations="{len(pairs)}">'
        f"{side(left, 'L', 1)}{side(right, 'R', len(pairs))}</qti-match-interaction>"
    )
    declarations = _response("RESPONSE", "multiple", "directedPair", keys, _mapping(dict.fromkeys(keys, part)))
    return declarations, body, _sum(_mapped("RESPONSE")) + _if(_RIGHT, _full(task.points))


def _gaps(item: _Item, task: Task) -> tuple[str, str, str]:
    gaps = task.spec["gaps"]
    whole = sum((Decimal(gap["weight"]) for gap in gaps), Decimal(0))
    item.lost += ["gaps.feedback"] * any(gap["feedback"] is not None for gap in gaps)
    html = item.html(task.spec["text"])
    declarations, scoring, terms = "", "", []
    for gap in gaps:
        name, spec = gap["id"].upper(), gap["spec"]
        points = task.points * Decimal(gap["weight"]) / whole
        points = points.quantize(Decimal("0.0000000001"))
        entry = f'<qti-text-entry-interaction response-identifier="{name}" expected-length="15"/>'
        if gap["by"] == "options":
            right = [option["id"] for option in spec["options"] if option["correct"]]
            item.lost += ["options.feedback"] * any(option["feedback"] is not None for option in spec["options"])
            declarations += _response(name, "single", "identifier", right, _mapping({right[0]: points}))
            choices = "".join(
                f'<qti-inline-choice identifier="{option["id"]}">'
                f"{escape(item.leaving.plain(option['text']))}</qti-inline-choice>"
                for option in spec["options"]
            )
            entry = (
                f'<qti-inline-choice-interaction response-identifier="{name}" '
                f'shuffle="{str(spec["shuffle"]).lower()}">{choices}</qti-inline-choice-interaction>'
            )
        elif gap["by"] == "answer":
            _number_lost(item, spec)
            item.lost += ["unit"] * bool(spec["unit"])
            declarations += _response(name, "single", "float", [spec["answer"]], _mapping({spec["answer"]: points}))
        else:
            correct, mapping = _texts(item, spec, points)
            declarations += _response(name, "single", "string", correct, mapping)
        terms.append(_mapped(name))
        html = html.replace(f"[[{gap['id']}]]", entry)
    scoring = _sum(*terms)
    return declarations, f"<div>{html}</div>", scoring


_WRITERS: Final[Mapping[str, Callable[[_Item, Task], tuple[str, str, str]]]] = {
    "choice": _choice,
    "true_false": _true_false,
    "short_text": _short_text,
    "number": _number,
    "ordering": _ordering,
    "matching": _matching,
    "gaps": _gaps,
}
