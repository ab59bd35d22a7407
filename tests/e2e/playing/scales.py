"""Choosing a step in each row of a survey or a self-assessment."""

from __future__ import annotations

from collections.abc import Mapping

from tests.e2e.browser import Visitor


def choose_by_keyboard(visitor: Visitor, prefix: str, steps: Mapping[str, str]) -> None:
    """Tab to each row, then the arrows."""
    for row, value in steps.items():
        visitor.tab_to(f"input[name='{prefix}-{row}']")
        visitor.page.keyboard.press("Space")
        for _ in range(8):
            if visitor.frame.evaluate("document.activeElement.value") == value:
                break
            visitor.page.keyboard.press("ArrowDown")
        assert visitor.find(f"input[name='{prefix}-{row}'][value='{value}']").is_checked()


def choose_by_touch(visitor: Visitor, prefix: str, steps: Mapping[str, str]) -> None:
    """Tap the step, as large as it is drawn."""
    for row, value in steps.items():
        visitor.find(f"label:has(input[name='{prefix}-{row}'][value='{value}'])").tap()
