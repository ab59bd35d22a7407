"""What can go wrong while a platform is being connected, with the HTTP answer and the code a person can quote."""

from __future__ import annotations

from lti_tool.lti.errors import Rule

RULES = {
    # the invitation
    "invitation-unknown": Rule(404, "REG-01", "invitation_unknown"),
    "invitation-expired": Rule(410, "REG-02", "invitation_expired"),
    "invitation-used": Rule(410, "REG-03", "invitation_used"),
    # the page that asks for confirmation
    "connection-over": Rule(410, "REG-04", "connection_over"),
    "not-confirmed": Rule(400, "REG-05", "not_confirmed"),
    # what the platform says of itself
    "configuration-address": Rule(400, "REG-10", "configuration_address"),
    "configuration-private": Rule(400, "REG-11", "configuration_private"),
    "configuration-unreachable": Rule(400, "REG-12", "configuration_unreachable"),
    "configuration-unreadable": Rule(400, "REG-13", "configuration_unreadable"),
    "issuer-mismatch": Rule(400, "REG-14", "issuer_mismatch"),
    "endpoints": Rule(400, "REG-15", "configuration_incomplete"),
    "algorithms": Rule(400, "REG-16", "configuration_incomplete"),
    # its answer
    "refused": Rule(502, "REG-20", "refused"),
    "token-refused": Rule(502, "REG-21", "token_refused"),
    "answer-unreadable": Rule(502, "REG-22", "answer_unreadable"),
    "answer-missing": Rule(502, "REG-23", "answer_missing"),
    "foreign-registration": Rule(409, "REG-24", "foreign_registration"),
}


class RegistrationError(Exception):
    """A registration that does not come about. ``reason`` is a key of :data:`RULES`; ``detail`` is for the log.

    ``words``: the platform's own short message, shown to the administrator as it is.
    """

    def __init__(self, reason: str, detail: str = "", *, words: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.words = words

    @property
    def rule(self) -> Rule:
        """The answer to this failure."""
        return RULES[self.reason]
