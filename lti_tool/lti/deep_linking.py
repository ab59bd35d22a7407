"""The answer of the picker: a signed message that the browser carries to the platform (Deep Linking §4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from secrets import token_urlsafe
from typing import Any, Final
from unicodedata import category

from pylti1p3.deep_link import DeepLink
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.lineitem import LineItem
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.lti import keys
from lti_tool.lti.library import to_library
from lti_tool.lti.registrations import Registration

LIFETIME = timedelta(minutes=5)
CLAIM: Final = "https://purl.imsglobal.org/spec/lti-dl/claim/"
DATA: Final = CLAIM + "data"
MAX_TITLE: Final = 255  # characters; Moodle drops an item with a longer one
TAG: Final = "grade"
_BREAKS: Final = frozenset({"Cc", "Zl", "Zp"})
REVIEWABLE: Final = ["InProgress", "Submitted", "Completed"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture at a full address, with its size in pixels (Deep Linking §3.2)."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when (Deep Linking §3.2.1); each end may be open."""

    start: datetime | None = None
    end: datetime | None = None

    def to_json(self) -> dict[str, str]:
        """ISO 8601 in UTC; the ends that are open are left out."""
        ends = {"startDateTime": self.start, "endDateTime": self.end}
        return {
            name: moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            for name, moment in ends.items()
            if moment is not None
        }


@dataclass(frozen=True, slots=True)
class ContentItem:
    """A link that the platform is asked to keep (Deep Linking §3.2.1).

    Our ids stand in ``custom``, which survives copies of a course. ``points`` is a positive number, or None for no
    column in the gradebook; ``review_label`` names the way from a grade to the work behind it.
    """

    title: str
    url: str
    custom: Mapping[str, str]
    points: Decimal | None
    resource_id: str
    text: str = ""
    icon: Picture | None = None
    thumbnail: Picture | None = None
    available: Span = Span()
    submission: Span = Span()
    review_label: str = ""

    def to_library(self, targets: Collection[str] = ()) -> DeepLinkResource:
        """Put it into the library's object. ``targets``: where the platform shows links, "iframe" or "window"."""
        return _Resource(self, targets)


class _Resource(DeepLinkResource):
    """The library's link with all that the specification lets it say."""

    def __init__(self, item: ContentItem, targets: Collection[str]) -> None:
        self._item = item
        self._targets = targets
        title = one_line(item.title)
        self.set_url(item.url).set_title(title)
        self.set_custom_params({name: one_line(value) for name, value in item.custom.items()})
        if item.points is not None:
            whole = item.points == item.points.to_integral_value()
            column = LineItem().set_score_maximum(int(item.points) if whole else float(item.points)).set_label(title)
            column.set_resource_id(item.resource_id).set_tag(TAG)
            # No parameters of its own: a review comes with those of the link.
            column.set_submission_review(REVIEWABLE, label=item.review_label, url=item.url)
            self.set_lineitem(column)

    def to_dict(self) -> dict[str, object]:
        """Return the item as JSON says it."""
        item = self._item
        body: dict[str, object] = super().to_dict()
        if item.text:
            body["text"] = item.text
        for name, picture in (("icon", item.icon), ("thumbnail", item.thumbnail)):
            if picture is not None:
                body[name] = {"url": picture.url, "width": picture.width, "height": picture.height}
        for name, span in (("available", item.available), ("submission", item.submission)):
            if span != Span():
                body[name] = span.to_json()
        if "iframe" in self._targets:
            body["iframe"] = {"width": 960, "height": 720}
        elif "window" in self._targets:
            body["window"] = {"targetName": "lyceum-city"}
        return body


class Answer(DeepLink):
    """The library's answer with a short life, a strong nonce, `data` only when it was sent, and our key ring."""

    def __init__(self, registration: Registration, settings: Mapping[str, Any]) -> None:
        super().__init__(
            to_library(registration),
            settings["deployment_id"],
            {"deep_link_return_url": settings["return_url"], "data": settings.get("data")},
        )

    def get_message_jwt(self, resources: Sequence[DeepLinkResource]) -> dict[str, object]:
        """Return the claims of the answer."""
        body: dict[str, object] = super().get_message_jwt(resources)
        moment = int(now().timestamp())
        body.update(
            aud=self._registration.get_issuer(),
            iat=moment - 5,  # Moodle accepts no clock that is ahead of its own
            exp=moment + int(LIFETIME.total_seconds()),
            nonce=token_urlsafe(24),
        )
        if body[DATA] is None:
            del body[DATA]
        return body


def signed_answer(
    session: Session,
    registration: Registration,
    settings: Mapping[str, Any],
    items: Sequence[ContentItem],
    *,
    problem: str = "",
) -> str:
    """Return the JWT to post to the platform; no items means that nothing was chosen, and ``problem`` may say why."""
    body = Answer(registration, settings).get_message_jwt([item.to_library(settings["targets"]) for item in items])
    if problem:
        body[CLAIM + "errormsg"] = problem
    return keys.sign(session, body)


def one_line(text: str) -> str:
    """A text without line breaks and other control characters: a break in a parameter makes two of it in Moodle."""
    kinds = ((sign, category(sign)) for sign in text)
    return "".join(" " if kind in _BREAKS else sign for sign, kind in kinds if kind != "Cs").strip()
