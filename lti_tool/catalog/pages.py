"""What the pages of the choice show."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from course_packs import CompiledPack, Task, Text, pick, tasks
from course_packs.occupations import FIELDS
from lti_tool.catalog.about import Line, about_lines
from lti_tool.catalog.choosing import PER_PAGE, Choosing
from lti_tool.catalog.editions import EditionView
from lti_tool.catalog.index import Choices, Entry, choices, search
from lti_tool.catalog.rendering import pack_html, task_values
from lti_tool.catalog.settings_form import ATTEMPTS, Reading

Option = tuple[str, str]
Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the buttons of the picker lead. ``cancel`` is None where nobody waits for an answer."""

    choose: str
    settings: str
    take: str
    cancel: str | None


@dataclass(frozen=True, slots=True)
class PackCard:
    """A pack to choose."""

    id: str
    title: str
    summary: str
    minutes: int
    kind_label: str
    tasks: int
    languages: Sequence[str]
    grades: str
    fields: Sequence[str]
    place: str | None
    own: bool
    picked: bool
    preview_url: str


@dataclass(frozen=True, slots=True)
class Filter:
    """One thing to narrow the choice by: its name in the form, its label, its options (the first: any), what is set."""

    name: str
    label: str
    options: Sequence[Option]
    chosen: str


@dataclass(frozen=True, slots=True)
class ChoosePage:
    """The choice: a search, filters, cards. ``elsewhere`` are picks that are not among the cards."""

    title: str
    text: str
    filters: Sequence[Filter]
    narrowed: bool
    cards: Sequence[PackCard]
    found: int
    number: int
    last: int
    picked: int
    elsewhere: Sequence[str]
    multiple: bool
    addresses: Addresses
    problem: str | None
    empty: bool


@dataclass(frozen=True, slots=True)
class SampleTask:
    """A task to look at: what the templates of the tasks want to know, with nothing answered."""

    type: str
    prompt: Markup
    view: Mapping[str, Any]
    response: None = None
    solution: None = None
    parts: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit of a pack that is looked at."""

    title: str
    summary: str
    minutes: int
    tasks: int


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """A pack from near: its units and one of its tasks."""

    card: PackCard
    skills: Sequence[str]
    attempts: str
    pass_mark: int
    units: Sequence[UnitRow]
    task: SampleTask | None
    fields: Fields
    multiple: bool
    addresses: Addresses
    about: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class SettingsItem:
    """One pack with its form."""

    card: PackCard
    reading: Reading
    attempts: Sequence[Option]


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """The second step: what each item is called and on which terms it stands.

    ``back``: a plain way back; None where the search and the picks (``fields``) go back too. ``edition``: what to know
    of the material's edition."""

    title: str
    items: Sequence[SettingsItem]
    fields: Fields
    zone: str
    titled: bool
    graded: bool
    moodle: bool
    wrong: int
    back: str | None
    addresses: Addresses
    edition: EditionView | None = None


def kind_label(kind: str) -> str:
    """A kind of pack in words."""
    words = {"course": _("course"), "seminar": _("seminar"), "trial": _("professional trial"), "survey": _("survey")}
    return words.get(kind, kind)


def grades_label(grades: Sequence[int]) -> str:
    """Grades in words: "grade 8", "grades 7–9", "grades 7, 9–11"; nothing for none."""
    if not grades:
        return ""
    spans: list[list[int]] = []
    for grade in grades:
        if spans and grade == spans[-1][-1] + 1:
            spans[-1].append(grade)
        else:
            spans.append([grade])
    text = ", ".join(str(span[0]) if len(span) == 1 else f"{span[0]}–{span[-1]}" for span in spans)
    return ngettext("grade %(grades)s", "grades %(grades)s", len(grades), grades=text)


def pack_card(entry: Entry, language: str, *, picked: bool, preview_url: str) -> PackCard:
    """Make the card of a pack."""
    return PackCard(
        id=entry.pack_id,
        title=pick(entry.title, language),
        summary=pick(entry.summary, language),
        minutes=entry.minutes,
        kind_label=kind_label(entry.kind),
        tasks=entry.tasks,
        languages=entry.languages,
        grades=grades_label(entry.grades),
        fields=[pick(FIELDS[key], language) for key in entry.fields if key in FIELDS],
        place=entry.place,
        own=entry.school_id is not None,
        picked=picked,
        preview_url=preview_url,
    )


def choose_page(
    entries: Sequence[Entry],
    choosing: Choosing,
    language: str,
    *,
    addresses: Addresses,
    preview_of: Callable[[str], str],
    multiple: bool,
    problem: str | None,
) -> ChoosePage:
    """Make a page of what was found. ``preview_of``: the address at which each pack can be looked at."""
    found = search(entries, choosing.wanted, language)
    last = max(-(-len(found) // PER_PAGE), 1)
    number = min(choosing.page, last)
    shown = found[(number - 1) * PER_PAGE : number * PER_PAGE]
    ids = {entry.pack_id for entry in shown}
    known = {entry.pack_id for entry in entries}
    picks = [pack_id for pack_id in choosing.picks if pack_id in known]
    return ChoosePage(
        title=_("What shall stand here?"),
        text=choosing.wanted.text,
        filters=filters(choices(entries), choosing, language),
        narrowed=choosing.wanted.narrowed,
        cards=[
            pack_card(one, language, picked=one.pack_id in picks, preview_url=preview_of(one.pack_id)) for one in shown
        ],
        found=len(found),
        number=number,
        last=last,
        picked=len(picks),
        elsewhere=[pack_id for pack_id in picks if pack_id not in ids],
        multiple=multiple,
        addresses=addresses,
        problem=problem,
        empty=not entries,
    )


def filters(offered: Choices, choosing: Choosing, language: str) -> list[Filter]:
    """Make the filters; one that offers no choice is left out, unless it is set."""
    wanted = choosing.wanted
    skills = sorted(((key, pick(title, language)) for key, title in offered.skills.items()), key=lambda one: one[1])
    every: list[tuple[str, str, list[Option], object]] = [
        ("kind", _("Kind"), [(kind, kind_label(kind)) for kind in offered.kinds], wanted.kind),
        ("grade", _("Grade"), [(str(grade), str(grade)) for grade in offered.grades], wanted.grade),
        ("field", _("Field of work"), [(key, pick(FIELDS[key], language)) for key in offered.fields], wanted.field),
        (
            "minutes",
            _("Time"),
            [(str(one), ngettext("up to %(num)s minute", "up to %(num)s minutes", one)) for one in offered.minutes],
            wanted.minutes,
        ),
        ("skill", _("Skill"), skills, wanted.skill),
    ]
    return [
        Filter(name, label, [("", _("does not matter")), *options], str(chosen or ""))
        for name, label, options, chosen in every
        if len(options) > 1 or chosen
    ]


def preview_page(
    entry: Entry,
    pack: CompiledPack,
    choosing: Choosing,
    language: str,
    *,
    addresses: Addresses,
    multiple: bool,
    titles: Mapping[str, Text],
) -> PreviewPage:
    """Make the page of one pack from near. ``titles``: of all packs that the school may have."""
    task = sample_of(pack)
    return PreviewPage(
        card=pack_card(entry, language, picked=entry.pack_id in choosing.picks, preview_url=""),
        skills=[pick(title, language) for title in entry.skills.values()],
        attempts=attempts_label(pack.grading.attempts),
        pass_mark=int(pack.grading.pass_mark),
        units=[
            UnitRow(pick(unit.title, language), pick(unit.summary, language), unit.minutes, len(unit.tasks))
            for unit in pack.units
        ],
        task=sample_task(task, language, entry.release_id) if task is not None else None,
        fields=choosing.fields,
        multiple=multiple,
        addresses=addresses,
        about=about_lines(pack, titles, language),
    )


def sample_of(pack: CompiledPack) -> Task | None:
    """The task that is shown: the first that is not a mere choice, since those look alike; else the first."""
    return next((task for task in pack.tasks if task.type != "choice"), next(iter(pack.tasks), None))


def sample_task(task: Task, language: str, release_id: UUID) -> SampleTask:
    """Make a task to look at."""
    task = tasks.concrete(task, 0)
    view = tasks.get_type(task.type).view(task, language=language, seed=0)
    return SampleTask(
        type=task.type, prompt=pack_html(task.prompt, language, release_id), view=task_values(view, release_id)
    )


def settings_item(entry: Entry, reading: Reading, language: str) -> SettingsItem:
    """Make the form of one pack."""
    return SettingsItem(
        card=pack_card(entry, language, picked=True, preview_url=""),
        reading=reading,
        attempts=attempt_options(reading),
    )


def terms_page(
    item: SettingsItem,
    *,
    title: str,
    fields: Fields,
    back: str,
    take: str,
    zone: str,
    edition: EditionView | None = None,
) -> SettingsPage:
    """Make the form of attempts and dates alone, for a link that stands in the course already."""
    return SettingsPage(
        title=title,
        items=[item],
        fields=fields,
        zone=zone,
        titled=False,
        graded=False,
        moodle=False,
        wrong=len(item.reading.errors),
        back=back,
        addresses=Addresses(choose=back, settings=take, take=take, cancel=None),
        edition=edition,
    )


def attempt_options(reading: Reading) -> list[Option]:
    """What can be chosen for the attempts; what is set already is among it."""
    options = [("", _("as in the material"))]
    options += [(str(number), attempts_label(number)) for number in ATTEMPTS]
    options.append(("unlimited", attempts_label(None)))
    chosen = reading.typed.get("attempts", "")
    if chosen.isascii() and chosen.isdigit() and len(chosen) < 5 and chosen not in dict(options):
        options.insert(-1, (chosen, attempts_label(int(chosen))))
    return options


def attempts_label(allowed: int | None) -> str:
    """How many attempts there may be, in words; None and 0: any number."""
    if not allowed:
        return _("any number of attempts")
    return ngettext("%(num)s attempt", "%(num)s attempts", allowed)
