"""The answer of the picker: a signed message that the browser carries to the platform (Deep Linking §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

from pylti1p3.deep_link import DeepLink
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.lineitem import LineItem
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.lti import keys
from lti_tool.lti.library import to_library
from lti_tool.lti.registrations import Registration

LIFETIME = timedelta(minutes=5)
DATA = "https://purl.imsglobal.org/spec/lti-dl/claim/data"


@dataclass(frozen=True, slots=True)
class ContentItem:
    """A link that the platform is asked to keep (Deep Linking §3.1). Our id stands in ``custom``, which survives copies
    of a course; ``points`` is a whole number, or None for no column in the gradebook."""

    title: str
    url: str
    custom: Mapping[str, str]
    points: int | None
    resource_id: str

    def to_library(self) -> DeepLinkResource:
        """Put it into the library's object."""
        title = self.title[:255]  # Moodle drops an item with a longer one
        item = DeepLinkResource().set_url(self.url).set_title(title).set_custom_params(dict(self.custom))
        if self.points is not None:
            column = LineItem().set_score_maximum(self.points).set_label(title).set_resource_id(self.resource_id)
            item.set_lineitem(column)
        return item


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
    session: Session, registration: Registration, settings: Mapping[str, Any], items: Sequence[ContentItem]
) -> str:
    """Return the JWT to post to the platform; no items means that nothing was chosen."""
    body = Answer(registration, settings).get_message_jwt([item.to_library() for item in items])
    return keys.sign(session, body)
