"""What nobody should send and somebody will: odd texts, numbers beyond measure, wrong types, nesting, doubled keys."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from lti_tool.lti import claims

ODD_TEXTS = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "\udfff\ud800",
    "name \ud83d",
    "\u202egnp.exe",
    "\ufeff",
    "\ufffd",
    "e\u0301" * 40,
    "😀" * 100,
    "ё" * 300,
    "x" * 70_000,
    "$User.id",
    "<script>alert(1)</script>",
    "'; DROP TABLE visit; --",
    "a\r\nSet-Cookie: evil=1",
    "javascript:alert(1)",
    "https://[",
    "https://[::1]:99999/",
    "http://\x00/",
    "https://moodle.school.test/\ud800",
    "../../etc/passwd",
    "{{ 7 * 7 }}",
    "%00%s%n",
]

# Any code point there is, half characters and NUL among them.
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
TEXTS = st.one_of(st.sampled_from(ODD_TEXTS), ANY_TEXT)
# What can stand in a form: no half characters, for those cannot be written in UTF-8.
FORM_TEXTS = st.one_of(
    st.sampled_from([text for text in ODD_TEXTS if text.isprintable() or "\x00" in text or "\n" in text]),
    st.text(max_size=40),
)
NUMBERS = st.one_of(
    st.integers(),
    st.sampled_from([0, -1, 2**63, -(2**63), 10**30, 10**400]),
    st.floats(allow_nan=True, allow_infinity=True),
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(TEXTS, inner, max_size=5)),
    max_leaves=12,
)


def nested(depth: int, *, objects: bool) -> Any:
    """Return a value nested this deep."""
    value: Any = "deep"
    for _ in range(depth):
        value = {"a": value} if objects else [value]
    return value


ODD_VALUES = st.one_of(
    VALUES,
    st.builds(nested, st.sampled_from([5, 30, 33, 200]), objects=st.booleans()),
    st.lists(TEXTS, min_size=200, max_size=400),
)

DEEP_LINKING = [
    (claims.DEEP_LINKING, name)
    for name in (
        "deep_link_return_url",
        "accept_types",
        "accept_presentation_document_targets",
        "accept_media_types",
        "accept_multiple",
        "accept_lineitem",
        "auto_create",
        "title",
        "text",
        "data",
    )
]
SERVICES = [
    (claims.AGS,),
    (claims.AGS, "scope"),
    (claims.AGS, "lineitem"),
    (claims.AGS, "lineitems"),
    (claims.NRPS,),
    (claims.NRPS, "context_memberships_url"),
    (claims.NRPS, "service_versions"),
    (claims.CLAIM + "platformnotificationservice",),
    (claims.CLAIM + "platformnotificationservice", "platform_notification_service_url"),
    (claims.CLAIM + "platformnotificationservice", "notice_types_supported"),
    ("https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice",),
    ("https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice", "context_groups_url"),
]
PLACES = [
    ("iss",),
    ("aud",),
    ("azp",),
    ("sub",),
    ("exp",),
    ("iat",),
    ("nbf",),
    ("nonce",),
    ("name",),
    ("given_name",),
    ("family_name",),
    ("email",),
    ("locale",),
    ("picture",),
    (claims.VERSION,),
    (claims.MESSAGE_TYPE,),
    (claims.DEPLOYMENT_ID,),
    (claims.TARGET_LINK_URI,),
    (claims.RESOURCE_LINK,),
    (claims.RESOURCE_LINK, "id"),
    (claims.RESOURCE_LINK, "title"),
    (claims.RESOURCE_LINK, "description"),
    (claims.ROLES,),
    (claims.CONTEXT,),
    (claims.CONTEXT, "id"),
    (claims.CONTEXT, "title"),
    (claims.CONTEXT, "label"),
    (claims.CONTEXT, "type"),
    (claims.PRESENTATION,),
    (claims.PRESENTATION, "locale"),
    (claims.PRESENTATION, "document_target"),
    (claims.PRESENTATION, "return_url"),
    (claims.PLATFORM,),
    (claims.PLATFORM, "product_family_code"),
    (claims.PLATFORM, "guid"),
    (claims.CUSTOM,),
    (claims.CUSTOM, "pack"),
    (claims.CUSTOM, "unit"),
    (claims.CUSTOM, "attempts"),
    (claims.CUSTOM, "opens"),
    (claims.CUSTOM, "due"),
    (claims.CUSTOM, "closes"),
    (claims.CUSTOM, "context_id_history"),
    (claims.CUSTOM, "resource_link_id_history"),
    (claims.CUSTOM, "moodle_group_ids"),
    (claims.MENTOR_SCOPE,),
    (claims.FOR_USER,),
    (claims.FOR_USER, "user_id"),
    (claims.CLAIM + "lis",),
    (claims.CLAIM + "lti1p1",),
    (claims.CLAIM + "lti1p1", "oauth_consumer_key_sign"),
    *SERVICES,
]

Bend = tuple[tuple[str, ...], Any]


def bends(places: list[tuple[str, ...]], *, most: int = 4) -> st.SearchStrategy[list[Bend]]:
    """Odd values for some of these places in a message."""
    return st.lists(st.tuples(st.sampled_from(places), ODD_VALUES), min_size=1, max_size=most)


def bent(body: dict[str, Any], changes: list[Bend]) -> dict[str, Any]:
    """Return a message with odd values put in their places."""
    changed = json.loads(json.dumps(body))
    for path, value in changes:
        inside = changed
        for name in path[:-1]:
            inside = inside.setdefault(name, {}) if isinstance(inside, dict) else {}
        if isinstance(inside, dict):
            inside[path[-1]] = value
    return dict(changed)


def written(body: dict[str, Any], doubled: dict[str, Any] | None = None) -> bytes:
    """Write a message as JSON, with some names standing there a second time: the last one counts (RFC 7519 §4)."""
    text = json.dumps(body)
    if doubled:
        text = text[:-1] + "," + json.dumps(doubled)[1:]
    return text.replace("Infinity", "1e400").encode()
