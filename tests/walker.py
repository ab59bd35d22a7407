"""A learner without JavaScript: opens pages, fills in forms, follows what it is given."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.packs import RIGHT
from tests.platform import FakePlatform


class Walker:
    """One browser in one visit."""

    def __init__(self, client: FlaskClient, platform: FakePlatform, body: dict[str, Any] | None = None) -> None:
        self.client = client
        self.base = platform.tool
        launched = platform.launch(client, body)
        assert launched.status_code == 303, launched.text
        self.home = launched.location
        self.visit = launched.location.split("/")[2]

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """Open a page; a path without a slash at its head is one of the visit."""
        return self.client.get(self.address(path), base_url=self.base, **kwargs)

    def post(self, path: str, data: dict[str, Any], **kwargs: Any) -> TestResponse:
        """Send a form."""
        return self.client.post(self.address(path), data=data, base_url=self.base, **kwargs)

    def address(self, path: str) -> str:
        """The whole path."""
        return path if path.startswith("/") else f"/v/{self.visit}/{path}"

    def soup(self, path: str) -> BeautifulSoup:
        """Open a page that must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return BeautifulSoup(answer.text, "html.parser")

    def fields(self, path: str, form: str = "form") -> dict[str, str]:
        """Return the hidden fields of a page's form."""
        found = self.soup(path).select_one(form)
        assert found is not None, path
        return {str(one["name"]): str(one.get("value", "")) for one in found.select("input[type=hidden]")}

    def answer(self, task: str, values: dict[str, list[str]], **headers: str) -> TestResponse:
        """Answer a task of the small pack: its id is "unit/task"."""
        path = f"units/{task}"
        return self.post(path, {**self.fields(path, "form[data-answer]"), **values}, headers=headers)

    def right(self, task: str) -> dict[str, list[str]]:
        """The right answer to a task of the small pack, as form fields."""
        if task in RIGHT:
            return RIGHT[task]
        page = self.soup(f"units/{task}")
        if task == "square/order":
            order = {"Первое": 1, "Второе": 2, "Третье": 3}
            return {
                f"position-{one['data-item']}": [str(next(n for text, n in order.items() if text in one.text))]
                for one in page.select("[data-item]")
            }
        found = {}
        partner = {"Огонь": "Сталь", "Вода": "Урал"}
        for select in page.select("select[name^=match-]"):
            left = select.find_parent(class_="pair")
            assert left is not None
            label = next(right for text, right in partner.items() if text in left.text)
            value = next(str(option["value"]) for option in select.select("option") if option.text.strip() == label)
            found[str(select["name"])] = [value]
        return found

    def walk(self, wrong: set[str] = frozenset()) -> None:  # type: ignore[assignment]
        """Read and answer everything; what is named wrong is answered wrongly until it is closed."""
        self.get("units/gate/intro")
        for task in ("gate/one", "gate/word", "square/number", "square/order", "square/pairs"):
            if task in wrong:
                for _ in range(2):
                    assert self.answer(task, WRONG[task]).status_code == 303
            else:
                answered = self.answer(task, self.right(task))
                assert answered.status_code == 303, answered.text

    def finish(self) -> TestResponse:
        """Finish the attempt."""
        return self.post("finish", self.fields("finish"))


WRONG = {"gate/one": {"choice": ["b"]}, "gate/word": {"text": ["Волга"]}, "square/number": {"number": ["5"]}}
