"""The picker over a large catalogue: what each of its pages costs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from benchmarks.walk import TOOL, Page, Walk
from course_packs.occupations import FIELDS
from lti_tool.catalog.index import Catalogue
from lti_tool.catalog.releases import publish
from lti_tool.db import db, expect_writes

WORDS = ("смена", "печь", "станок", "энергия", "робот", "маршрут", "съёмка", "урок", "полёт", "сплав")


def browse(folder: Path, *, releases: int, repeats: int = 20) -> dict[str, Page]:
    """Publish so many packs and let a teacher search among them; return the pages by name.

    Args:
        folder: an empty folder for the database.
    """
    tool = Walk(folder)
    _publish(tool, releases)
    tool.launch("0", "first of the link")
    client, desk = tool.launch("teacher", "teacher", teacher=True)
    choose = desk.replace("/desk/", "/choose")
    tool.pages.clear()
    pages = {
        "the choice, a page of it": choose,
        "a search": f"{choose}?q={quote('печи')}",
        "a search with three filters": f"{choose}?q={quote('смена')}&grade=8&field=metallurgy&minutes=45",
        "a pack from near": f"{choose}/preview/pack-7",
        "the second step": f"{choose}/settings?pick=pack-7",
    }
    for _ in range(repeats):
        tool.app.extensions["lyceum.catalogue"] = Catalogue()
        tool.measure("the choice, first after a publication", lambda: client.get(choose, base_url=TOOL))
    for name, address in pages.items():
        client.get(address, base_url=TOOL)  # a pack that is looked at is read once
        for _ in range(repeats):
            tool.measure(name, lambda address=address: client.get(address, base_url=TOOL))  # type: ignore[misc]
    return tool.pages


def _publish(tool: Walk, releases: int) -> None:
    """Publish packs of one unit each, which differ in all that is searched."""
    fields = list(FIELDS)
    with tool.app.app_context():
        expect_writes(True)
        session = db.session()
        for number in range(releases):
            title = f"{WORDS[number % 10].capitalize()} и {WORDS[number // 10 % 10]} № {number}"
            pack = replace(
                tool.pack,
                id=f"pack-{number}",
                title={"ru": title, "en": f"Pack no. {number}"},
                minutes=10 + number % 60,
                units=tool.pack.units[number % len(tool.pack.units) :][:1],
                media=(),
                grades=(7 + number % 3, 8 + number % 3),
                fields=(fields[number % len(fields)],),
                skills={f"skill-{number % 12}": {"ru": f"Умение {number % 12}"}},
            )
            publish(session, pack)
        session.commit()
