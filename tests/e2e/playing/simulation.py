"""A shift at a workplace: levers and replies, turn after turn, to the debriefing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from playwright.sync_api import Locator, expect

from course_packs import PlayedType, Task, get_type
from tests.e2e.browser import Visitor

TURN = "form[data-answer] button.button--main"


def by_keyboard(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Tab to each lever that is to move; then Enter on the button of the turn."""
    for number, (settings, replies) in enumerate(_turns(task, answer)):
        for name, value in replies.items():
            # Radio buttons share one place in the order of Tab; arrows go from one to the next.
            visitor.tab_to(f"input[name='{name}']")
            for _ in range(8):
                visitor.page.keyboard.press("ArrowDown")
                if visitor.frame.evaluate("document.activeElement.value") == value:
                    break
            assert visitor.find(f"input[name='{name}'][value='{value}']").is_checked()
        for name, setting in settings.items():
            visitor.find("main").focus()
            _set_by_keys(visitor, name, setting)
        visitor.find("main").focus()
        visitor.tab_to(TURN)
        visitor.page.keyboard.press("Enter")
        _wait(visitor, number + 1, len(answer["moves"]))


def by_touch(visitor: Visitor, task: Task, answer: Mapping[str, Any]) -> None:
    """Tapped, typed, and tapped again."""
    for number, (settings, replies) in enumerate(_turns(task, answer)):
        for name, value in replies.items():
            visitor.find(f"label.option:has(input[name='{name}'][value='{value}'])").tap()
        for name, setting in settings.items():
            field = _field(visitor, name)
            if isinstance(setting, bool):
                visitor.find(f"label.option:has(input[name='set-{name}'])").tap()
            elif _is_list(field):
                field.tap()
                field.select_option(setting)
            else:
                field.tap()
                field.fill(setting)
        visitor.find(TURN).tap()
        _wait(visitor, number + 1, len(answer["moves"]))


def _turns(task: Task, answer: Mapping[str, Any]) -> Iterator[tuple[dict[str, str | bool], dict[str, str]]]:
    """For each turn what is to be set, and which value of which field answers the news."""
    kind = get_type(task.type)
    assert isinstance(kind, PlayedType)
    moves = answer["moves"]
    for number, move in enumerate(moves):
        news = kind.scene(task, moves[:number], language="ru")["news"]
        fields = {}
        for place, one in enumerate(news):
            for reply in one["replies"]:
                read = kind.read_move(task, moves[:number], {f"reply-{place}": [reply["value"]]})
                if read["replies"] == move["replies"]:
                    fields[f"reply-{place}"] = reply["value"]
        yield dict(move["controls"]), fields


def _field(visitor: Visitor, name: str) -> Locator:
    return visitor.find(f"[name='set-{name}']:not([type=hidden])")


def _is_list(field: Locator) -> bool:
    return bool(field.evaluate("field => field.tagName === 'SELECT'"))


def _set_by_keys(visitor: Visitor, name: str, setting: str | bool) -> None:
    visitor.tab_to(f"[name='set-{name}']:not([type=hidden])")
    field = _field(visitor, name)
    if isinstance(setting, bool):
        visitor.page.keyboard.press("Space")
        assert field.is_checked() is setting
    elif _is_list(field):
        visitor.page.keyboard.press("Home")
        for _ in range(8):
            if field.input_value() == setting:
                break
            visitor.page.keyboard.press("ArrowDown")
        assert field.input_value() == setting
    else:
        visitor.page.keyboard.press("Control+a")
        visitor.page.keyboard.type(setting)


def _wait(visitor: Visitor, played: int, all_turns: int) -> None:
    if played < all_turns:
        expect(visitor.find(".shift__turns")).to_have_attribute("value", str(played))
    else:
        expect(visitor.find("#feedback")).to_be_visible()
    visitor.settle()
