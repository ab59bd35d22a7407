"""What can go wrong at the door, with the HTTP answer and the code a person can quote (Security Framework §5.1)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """The answer to one kind of failure: status, public code, and which of the pages of :mod:`.wording` tells of it."""

    status: int
    code: str
    page: str


RULES = {
    # the request itself
    "parameters": Rule(400, "LTI-01", "malformed"),
    "foreign-target": Rule(400, "LTI-02", "malformed"),
    "token-format": Rule(400, "LTI-03", "malformed"),
    "version": Rule(400, "LTI-04", "malformed"),
    "message-type": Rule(400, "LTI-05", "unsupported"),
    "roles-missing": Rule(400, "LTI-06", "malformed"),
    "link-missing": Rule(400, "LTI-07", "malformed"),
    "subject-missing": Rule(400, "LTI-08", "no_subject"),
    "deployment-missing": Rule(400, "LTI-09", "malformed"),
    "deep-linking-settings": Rule(400, "LTI-10", "malformed"),
    "insecure-return": Rule(400, "LTI-11", "insecure_return"),
    "for-user-missing": Rule(400, "LTI-12", "malformed"),
    # who is asking
    "unknown-platform": Rule(403, "LTI-20", "unknown_platform"),
    "ambiguous-platform": Rule(400, "LTI-21", "unknown_platform"),
    "unknown-deployment": Rule(403, "LTI-22", "unknown_deployment"),
    "pending-platform": Rule(403, "LTI-23", "pending_platform"),
    # the login that this launch belongs to
    "state-unknown": Rule(401, "LTI-30", "stale"),
    "state-expired": Rule(401, "LTI-31", "stale"),
    "state-spent": Rule(401, "LTI-32", "spent"),
    "other-browser": Rule(401, "LTI-33", "cookies"),
    "cookies-off": Rule(401, "LTI-34", "cookies"),
    "nonce": Rule(401, "LTI-35", "untrusted"),
    "hint-mismatch": Rule(401, "LTI-36", "untrusted"),
    "storage-proof": Rule(401, "LTI-37", "storage"),
    # the token
    "algorithm": Rule(401, "LTI-40", "untrusted"),
    "key-unknown": Rule(401, "LTI-41", "untrusted"),
    "signature": Rule(401, "LTI-42", "untrusted"),
    "issuer": Rule(401, "LTI-43", "untrusted"),
    "audience": Rule(401, "LTI-44", "untrusted"),
    "expired": Rule(401, "LTI-45", "clock"),
    "issued-in-future": Rule(401, "LTI-46", "clock"),
    "times": Rule(401, "LTI-47", "untrusted"),
    "keys-unreachable": Rule(401, "LTI-48", "keys_unreachable"),
    # what the platform said
    "platform-login-required": Rule(401, "LTI-50", "login_required"),
    "platform-error": Rule(401, "LTI-51", "platform_error"),
    # after the door
    "visit-ended": Rule(401, "LTI-60", "visit_ended"),
    "not-allowed": Rule(403, "LTI-61", "not_allowed"),
    "form-expired": Rule(400, "LTI-62", "form_expired"),
    "picking-ended": Rule(401, "LTI-63", "picking_ended"),
    "foreign-pack": Rule(403, "LTI-64", "foreign_pack"),
}


class LaunchError(Exception):
    """A launch that is refused. ``reason`` is a key of :data:`RULES`; ``detail`` is for the log, never for a page.

    ``return_url``: the way back that a verified message named (Core §5.4.4).
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.return_url: str | None = None

    @property
    def rule(self) -> Rule:
        """The answer to this failure."""
        return RULES[self.reason]
