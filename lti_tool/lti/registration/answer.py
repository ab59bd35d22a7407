"""What the platform answered to a registration (Dynamic Registration §3.6): what it granted is what we use."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from lti_tool.lti.launch import MessageType
from lti_tool.lti.registration.configuration import LONGEST
from lti_tool.lti.registration.errors import RegistrationError
from lti_tool.lti.registration.request import TOOL_CONFIGURATION
from lti_tool.lti.services.http import Answer, origin_of

MOST_WORDS = 200
SPENT_TOKEN = "token_already_used"  # noqa: S105  # what Moodle says of a registration token


@dataclass(frozen=True, slots=True)
class Granted:
    """A registration as the platform made it. ``deployment_id`` None: the first launch will tell it (Canvas)."""

    client_id: str
    deployment_id: str | None
    scopes: tuple[str, ...]
    messages: tuple[str, ...]
    client_uri: str | None = None
    access_token: str | None = field(default=None, repr=False)


def read_answer(
    answer: Answer, *, asked_scopes: Collection[str], asked_messages: Collection[str], endpoint: str
) -> Granted:
    """Read the answer of a registration endpoint; ``endpoint`` is the address that was asked.

    Raises:
        RegistrationError: "token-refused", "refused" with the platform's words, "answer-unreadable".
    """
    if answer.status not in {200, 201}:
        words = refusal_words(answer)
        spent = answer.status == 401 or SPENT_TOKEN in words
        raise RegistrationError("token-refused" if spent else "refused", f"HTTP {answer.status}", words=words)
    try:
        document = answer.json()
    except (ValueError, RecursionError):
        raise RegistrationError("answer-unreadable", "not JSON", words=refusal_words(answer)) from None
    client_id = _identifier(document.get("client_id")) if isinstance(document, dict) else None
    if client_id is None:
        raise RegistrationError("answer-unreadable", "no client_id", words=refusal_words(answer))
    # Some platforms write the key with a space at its end.
    found = next((value for key, value in document.items() if key.strip() == TOOL_CONFIGURATION), None)
    tool: dict[str, Any] = found if isinstance(found, dict) else {}
    uri, token = document.get("registration_client_uri"), document.get("registration_access_token")
    manageable = isinstance(uri, str) and len(uri) <= LONGEST and origin_of(uri) == origin_of(endpoint)
    return Granted(
        client_id=client_id,
        deployment_id=_identifier(tool.get("deployment_id")),
        scopes=_scopes(document.get("scope"), asked_scopes),
        messages=_messages(tool.get("messages"), asked_messages),
        client_uri=uri if manageable else None,
        access_token=token if manageable and isinstance(token, str) and 0 < len(token) <= 8000 else None,
    )


def refusal_words(answer: Answer) -> str:
    """Return the platform's own short message, as text: the ``error`` members, or a plain line; of a page nothing."""
    try:
        document = answer.json()
    except (ValueError, RecursionError):
        text = answer.text.strip()
        return text[:MOST_WORDS] if "<" not in text and len(text) <= MOST_WORDS else ""
    if not isinstance(document, dict):
        return ""
    parts = (document.get(name) for name in ("error", "error_description", "message"))
    return " — ".join(part.strip() for part in parts if isinstance(part, str) and part.strip())[:MOST_WORDS]


def _identifier(value: Any) -> str | None:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not 0 < len(text) <= 255 or not text.isascii() or not text.isprintable():
        return None
    return text


def _scopes(granted: Any, asked: Collection[str]) -> tuple[str, ...]:
    """Granted scopes that we asked for; a platform that does not name any granted them all (RFC 7591 §3.2.1)."""
    if not isinstance(granted, str):
        return tuple(asked)
    words = granted.split()
    return tuple(scope for scope in asked if scope in words)


def _messages(granted: Any, asked: Collection[str]) -> tuple[str, ...]:
    """Granted messages. Plain launches always are: Moodle lists of its messages only the one that has settings."""
    if not isinstance(granted, list):
        return tuple(asked)
    kinds = {one.get("type") for one in granted if isinstance(one, dict)} | {str(MessageType.RESOURCE_LINK)}
    return tuple(kind for kind in asked if kind in kinds)
