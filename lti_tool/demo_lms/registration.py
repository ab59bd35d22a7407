"""Dynamic registration: what this platform is, and how a tool is written down (LTI Dynamic Registration 1.0).

As strict as Moodle and as plain: a refusal is one word.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request

from . import database, journal, runtime, tool_registry
from .id_token import SCOPES
from .settings import FAMILY, Settings
from .tool_registry import Tool

PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
CLAIMS = ("sub", "iss", "name", "given_name", "family_name", "email")
MESSAGES = ("LtiResourceLinkRequest",)

registration = Blueprint("registration", __name__)


class RegistrationRefused(Exception):
    """The registration is not made; ``word`` is the whole answer."""

    def __init__(self, word: str, status: int = 400) -> None:
        super().__init__(word)
        self.word = word
        self.status = status


@registration.get("/openid-configuration")
def describe() -> Response:
    """What this platform is (3.4)."""
    settings = runtime.current().settings
    return jsonify(
        {
            "issuer": settings.issuer,
            "authorization_endpoint": settings.auth_url,
            "token_endpoint": settings.token_url,
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "jwks_uri": settings.jwks_url,
            "registration_endpoint": f"{settings.issuer}/register",
            "scopes_supported": ["openid", *SCOPES],
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": list(CLAIMS),
            PLATFORM: {
                "product_family_code": FAMILY,
                "version": "1",
                "messages_supported": [{"type": kind} for kind in MESSAGES],
                "variables": ["Context.id", "ResourceLink.id", "User.id"],
            },
        }
    )


@registration.post("/register")
def register() -> Response:
    """Write a tool down (3.5, 3.6); it waits to be activated by the administrator."""
    connection = database.current()
    try:
        client_id = _spend_pass()
        asked = _document()
        tool = tool_registry.add(connection, client_id, **_described(asked))
    except RegistrationRefused as refusal:
        journal.record("tool.refused", status=refusal.status, word=refusal.word)
        # As in Moodle: plain words under the name of a page.
        return Response(refusal.word, refusal.status, content_type="text/html; charset=utf-8")
    journal.record("tool.registered", status=200, name=tool.name)
    return jsonify(_answer(asked, tool))


def _spend_pass() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise RegistrationRefused("missing_authorization", 401)
    connection = database.current()
    client_id = tool_registry.spend_registration_token(connection, token.strip())
    if client_id is None:
        known = tool_registry.knows_registration_token(connection, token.strip())
        raise RegistrationRefused("token_already_used" if known else "invalid_token", 401)
    return client_id


def _document() -> dict[str, Any]:
    if request.mimetype != "application/json":
        raise RegistrationRefused("invalid_content_type")
    try:
        document = json.loads(request.get_data())
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or not isinstance(document.get(TOOL), dict):
        raise RegistrationRefused("invalid_client_metadata")
    return document


def _described(asked: dict[str, Any]) -> dict[str, str]:
    """What is kept of a tool, checked as strictly as Moodle does."""
    tool = asked[TOOL]
    if asked.get("application_type") != "web":
        raise RegistrationRefused("invalid_application_type")
    if "id_token" not in (asked.get("response_types") or []):
        raise RegistrationRefused("invalid_response_types")
    if asked.get("token_endpoint_auth_method") != "private_key_jwt":
        raise RegistrationRefused("invalid_token_endpoint_auth_method")
    for name in ("client_name", "initiate_login_uri", "jwks_uri"):
        if not isinstance(asked.get(name), str) or not asked[name].strip():
            raise RegistrationRefused(f"missing required attribute {name}")
    target, domain = tool.get("target_link_uri"), tool.get("domain")
    if not isinstance(domain, str) or not domain:
        raise RegistrationRefused("missing_domain")
    if not isinstance(target, str) or urlsplit(target).netloc != domain:
        raise RegistrationRefused("domain_targetlinkuri_mismatch")
    if any(urlsplit(asked[name]).netloc != domain for name in ("initiate_login_uri", "jwks_uri")):
        raise RegistrationRefused("domain_mismatch")
    if target not in (asked.get("redirect_uris") or []):
        raise RegistrationRefused("invalid_redirect_uri")
    wished = str(asked.get("scope") or "").split()
    return {
        "name": asked["client_name"].strip()[:100],
        "description": str(tool.get("description") or "")[:300],
        "login_url": asked["initiate_login_uri"],
        "launch_url": target,
        "jwks_url": asked["jwks_uri"],
        "scopes": " ".join(scope for scope in SCOPES if scope in wished),
    }


def _answer(asked: dict[str, Any], tool: Tool) -> dict[str, Any]:
    granted = [claim for claim in CLAIMS if claim in (asked[TOOL].get("claims") or [])]
    messages = [one for one in asked[TOOL].get("messages") or [] if one.get("type") in MESSAGES]
    configuration = {**asked[TOOL], "deployment_id": tool.deployment_id, "claims": granted, "messages": messages}
    return {**asked, "client_id": tool.client_id, "scope": " ".join(tool.scopes), TOOL: configuration}


def configuration_url(settings: Settings) -> str:
    """Where a tool reads what this platform is."""
    return f"{settings.issuer}/openid-configuration"
