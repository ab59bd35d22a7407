"""A person with a browser that has no scripts: launches from the demonstration LMS, answers, finishes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import requests
from bs4 import BeautifulSoup, Tag
from requests.adapters import HTTPAdapter

from course_packs import Task, tasks
from tests.failure.demonstration import Demonstration

TIMEOUT = 30


class Localhost(HTTPAdapter):
    """As browsers do for localhost: a Secure cookie is kept and sent over http."""

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        headers = resp._original_response.msg
        cookies = headers.get_all("Set-Cookie", [])
        del headers["Set-Cookie"]
        for cookie in cookies:
            headers["Set-Cookie"] = cookie.replace("; Secure", "")
        return super().build_response(req, resp)


class Visitor:
    """One person in one browser, launched into the tool by a real launch: login, authentication, launch."""

    def __init__(self, demo: Demonstration, slug: str) -> None:
        self.demo = demo
        self.slug = slug
        self.browser = requests.Session()
        self.browser.mount(demo.tool_url, Localhost())
        self._post(f"{demo.school_url}/enter", {"person": slug})
        self.page = self._get(f"{demo.school_url}/as/{slug}/activity/start")
        while not self.page.url.startswith(f"{demo.tool_url}/v/"):
            self.page = self._submit(self.page)
        self.visit = self.page.url.split("/")[4]

    def get(self, path: str) -> requests.Response:
        """Open a page of the visit."""
        return self._get(self.address(path))

    def answer(self, task: Task) -> None:
        """Open a task and answer it rightly."""
        address = self.address(f"units/{task.id}")
        self._post(address, self._hidden(self._get(address), "form[data-answer]") | right_answer(task))

    def finish(self) -> None:
        """Finish the attempt; only when this returns has the tool promised anything."""
        address = self.address("finish")
        finished = self._post(address, self._hidden(self._get(address), "form[method=post]"))
        assert finished.url.endswith("/result"), finished.url

    def again(self) -> None:
        """Begin another attempt."""
        form = self._hidden(self.get("course"), "form[action$='/again']")
        self._post(self.address("again"), form)

    def line(self) -> str:
        """The line that tells the pupil where the grade is."""
        return words(self.get("delivery").text, "[data-delivery]")

    def address(self, path: str) -> str:
        """The whole address of a page of the visit."""
        return f"{self.demo.tool_url}/v/{self.visit}/{path}"

    def _get(self, address: str) -> requests.Response:
        return checked(self.browser.get(address, timeout=TIMEOUT))

    def _post(self, address: str, form: dict[str, Any]) -> requests.Response:
        return checked(self.browser.post(address, data=form, timeout=TIMEOUT))

    def _submit(self, page: requests.Response) -> requests.Response:
        """What a page does that submits its only form by itself."""
        form = BeautifulSoup(page.text, "html.parser").select_one("form")
        assert form is not None, page.text
        return self._post(urljoin(page.url, str(form["action"])), self._hidden(page, "form"))

    def _hidden(self, page: requests.Response, selector: str) -> dict[str, Any]:
        form = BeautifulSoup(page.text, "html.parser").select_one(selector)
        assert form is not None, f"{selector} is not on {page.url}:\n{page.text}"
        return {str(one["name"]): str(one.get("value", "")) for one in form.select("input[type=hidden]")}


class Teacher(Visitor):
    """Ольга Сергеевна at her desk."""

    def __init__(self, demo: Demonstration) -> None:
        super().__init__(demo, "olga")
        self.desk = self.page.url

    def row(self, name: str) -> str:
        """What the desk says of a learner, as one line of text."""
        page = BeautifulSoup(self._get(self.desk).text, "html.parser")
        link = page.find("a", string=lambda text: text is not None and name in text)
        assert isinstance(link, Tag), f"{name} is not on the desk: {page.text}"
        row = link.find_parent("tr")
        assert row is not None
        return " ".join(row.get_text(" ").split())


def right_answer(task: Task) -> dict[str, Any]:
    """A right answer as form fields, from the key of the pack."""
    solution = tasks.get_type(task.type).solution(task, language="ru")
    match task.type:
        case "choice":
            return {"choice": solution["chosen"]}
        case "short_text":
            return {"text": solution["text"]}
        case "number":
            return {"number": solution["number"]} | ({"unit": solution["unit"]} if solution["unit"] else {})
        case "ordering":
            return {f"position-{item}": str(place) for place, item in enumerate(solution["order"], 1)}
        case "matching":
            return {f"match-{left}": right for left, right in solution["pairs"].items()}
    raise AssertionError(task.type)


def words(html: str, selector: str) -> str:
    """The text of an element, in one line; empty when it is not there."""
    found = BeautifulSoup(html, "html.parser").select_one(selector)
    return " ".join(found.get_text(" ").split()) if found else ""


def checked(answer: requests.Response) -> requests.Response:
    """Let nothing but success through."""
    assert answer.ok, f"{answer.status_code} {answer.url}\n{words(answer.text, 'main')}"
    return answer
