"""What the templates write: nothing a strict policy would refuse, one heading, one main action, every field named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from lti_tool.web.icons import SHAPES, icon
from lti_tool.web.places import SCENES, place_picture
from lti_tool.web.skyline import skyline
from tests.web.gallery import TEMPLATES, create_gallery
from tests.web.pages import PAGES

EVERY_TEMPLATE = sorted(path for folder in TEMPLATES for path in folder.rglob("*.html"))


@pytest.fixture(scope="module")
def gallery() -> Flask:
    return create_gallery()


def page(gallery: Flask, lang: str, name: str) -> BeautifulSoup:
    response = gallery.test_client().get(f"/{lang}/{name}")
    assert response.status_code == 200
    return BeautifulSoup(response.get_data(as_text=True), "html.parser")


@pytest.mark.parametrize("path", EVERY_TEMPLATE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_style_and_no_script_stands_in_a_template(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:|<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("path", EVERY_TEMPLATE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_text_for_people_stands_outside_the_catalogue(path: Path) -> None:
    assert not re.search("[А-Яа-яЁё]", path.read_text().replace("Лицей-CITY", ""))


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_heading_and_one_main_action(gallery: Flask, lang: str, name: str) -> None:
    soup = page(gallery, lang, name)
    assert soup.html is not None
    assert soup.html["lang"] == lang
    assert len(soup.find_all("h1")) == 1
    assert len(soup.select(".button--main")) <= 1
    assert soup.title is not None
    assert soup.title.get_text(strip=True)


@pytest.mark.parametrize("name", PAGES)
def test_no_id_is_given_twice_and_every_reference_has_its_target(gallery: Flask, name: str) -> None:
    soup = page(gallery, "ru", name)
    ids = [str(tag["id"]) for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids))
    for attribute in ("for", "aria-labelledby", "aria-describedby", "form"):
        for tag in soup.select(f"[{attribute}]"):
            # bs4 splits some attributes at spaces and leaves others whole.
            value = tag[attribute]
            targets = value.split() if isinstance(value, str) else list(value)
            assert set(targets) <= set(ids), (tag.name, attribute, targets)


@pytest.mark.parametrize("name", PAGES)
def test_every_form_that_changes_something_carries_the_token(gallery: Flask, name: str) -> None:
    for form in page(gallery, "ru", name).select('form[method="post"]'):
        # The forms at the door go to other places before there is a session to protect.
        if name not in {"new-window", "auto-post", "connect-window"}:
            assert form.select_one('input[name="csrf"]') is not None


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("choice", {"choice"}),
        ("choice-multiple", {"choice"}),
        ("short-text", {"text"}),
        ("number", {"number", "unit"}),
        ("ordering", {"position-a", "position-b", "position-c", "position-d"}),
        ("matching", {"match-a", "match-b", "match-c"}),
    ],
)
def test_an_answer_form_sends_the_fields_of_its_task_type(gallery: Flask, name: str, fields: set[str]) -> None:
    form = page(gallery, "ru", name).select_one("form[data-answer]")
    assert form is not None
    assert {str(tag["name"]) for tag in form.select("[name]")} == fields | {"csrf", "submission"}


def test_an_ordering_without_a_script_sends_the_places_as_they_stand(gallery: Flask) -> None:
    soup = page(gallery, "ru", "ordering")
    chosen = [str(option.get_text()) for option in soup.select(".order select option[selected]")]
    assert chosen == ["1", "2", "3", "4"]


@pytest.mark.parametrize("name", ["choice-closed", "ordering-closed", "matching-closed", "number-closed"])
def test_a_closed_task_shows_the_right_answer_and_takes_no_other(gallery: Flask, name: str) -> None:
    soup = page(gallery, "ru", name)
    text = soup.get_text()
    assert "Верный" in text
    assert not soup.select("form[data-answer] button")
    enabled = [
        tag
        for tag in soup.select("form[data-answer] input:not([type=hidden]), form[data-answer] select")
        if not tag.find_parent("fieldset", disabled=True)
    ]
    assert all(tag.has_attr("disabled") for tag in enabled)


def test_the_fragment_after_an_answer_is_the_task_alone(gallery: Flask) -> None:
    response = gallery.test_client().post("/ru/choice", data={"choice": "a"}, headers={"X-Fragment": "task"})
    soup = BeautifulSoup(response.get_data(as_text=True), "html.parser")
    assert soup.html is None
    assert soup.select_one("article[data-task] #feedback") is not None


@pytest.mark.parametrize("state", ["open", "current", "done"])
@pytest.mark.parametrize("place", [*SCENES, None, "no-such-place"])
def test_a_picture_of_a_place_is_decoration_in_the_colours_of_the_theme(place: str | None, state: str) -> None:
    svg = BeautifulSoup(place_picture(place, state), "html.parser").svg  # type: ignore[arg-type]
    assert svg is not None
    assert svg["aria-hidden"] == "true"
    assert not svg.select("[fill], [style], [stroke]")
    assert len(str(svg)) < 4000


def test_the_skyline_lights_as_many_windows_as_were_earned() -> None:
    def lit(percent: int) -> int:
        path = BeautifulSoup(skyline(percent), "html.parser").select_one(".sk-lit")
        assert path is not None
        return str(path["d"]).count("M")

    assert lit(0) == 0
    assert lit(50) * 2 == pytest.approx(lit(100), abs=1)
    assert lit(140) == lit(100)


@pytest.mark.parametrize("name", SHAPES)
def test_an_icon_is_silent_unless_it_is_named(name: str) -> None:
    assert 'aria-hidden="true"' in icon(name)
    assert 'role="img" aria-label="&lt;Done&gt;"' in icon(name, "<Done>")
