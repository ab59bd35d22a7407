"""What may be said of a platform from outside, by the command line or a file."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields, post_load, validate

SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


def _address(value: str) -> None:
    """An address that the tool will call: https, or http on this very machine to try things out."""
    parts = urlsplit(value)
    local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if not parts.netloc or parts.scheme not in {"https", "http"} or (parts.scheme == "http" and not local):
        raise ValidationError("must be an https address (http only on this machine)")


class PlatformSchema(Schema):
    """A platform as an administrator describes it."""

    school = fields.String(required=True, validate=validate.Regexp(SLUG))
    school_title = fields.String(load_default=None, allow_none=True)
    name = fields.String(required=True, validate=validate.Length(1, 255))
    issuer = fields.String(required=True, validate=[validate.Length(1, 255), _address])
    client_id = fields.String(required=True, validate=validate.Length(1, 255))
    deployment_ids = fields.List(fields.String(validate=validate.Length(1, 255)), load_default=list)
    auth_url = fields.String(required=True, validate=_address)
    token_url = fields.String(required=True, validate=_address)
    jwks_url = fields.String(required=True, validate=_address)
    token_audience = fields.String(load_default=None, allow_none=True)
    family = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=60))

    @post_load
    def title(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """A school without a title is called by its slug."""
        data["school_title"] = data["school_title"] or data["school"]
        return data
