"""One field of a text or a table: typed into, or chosen from its list."""

from __future__ import annotations

from tests.e2e.browser import Visitor

LONGEST_LIST = 14


def by_keyboard(visitor: Visitor, name: str, value: str) -> None:
    """Reach the field with Tab and fill it without the mouse."""
    visitor.find("main").focus()
    visitor.tab_to(f"[name='{name}']")
    if visitor.frame.evaluate("document.activeElement.tagName") == "INPUT":
        visitor.page.keyboard.press("Control+A")
        visitor.page.keyboard.type(value)
        return
    visitor.page.keyboard.press("Home")
    for _ in range(LONGEST_LIST):
        if visitor.frame.evaluate("document.activeElement.value") == value:
            return
        visitor.page.keyboard.press("ArrowDown")
    raise AssertionError(f"{value} cannot be chosen in {name} with the arrows")


def by_touch(visitor: Visitor, name: str, value: str) -> None:
    """Tap the field; the list of a telephone is its own, so the choice is made for it."""
    field = visitor.find(f"[name='{name}']")
    field.tap()
    if field.evaluate("field => field.tagName") == "INPUT":
        field.fill(value)
    else:
        field.select_option(value)
