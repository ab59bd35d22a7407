"""The way back to the platform, with a word for the person and one for its log (LTI Core §5.4.4)."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

LONGEST = 300  # characters of one message: an address must stay an address


def return_link(url: str, *, message: str = "", log: str = "", error: str = "", error_log: str = "") -> str:
    """Return the platform's ``return_url`` with messages added to its query, which is kept as it stands.

    Args:
        message, error: shown to the person by the platform (``lti_msg``, ``lti_errormsg``).
        log, error_log: for the platform's log (``lti_log``, ``lti_errorlog``): codes, never anything of a person.
    """
    parts = urlsplit(url)
    said = {"lti_msg": message, "lti_log": log, "lti_errormsg": error, "lti_errorlog": error_log}
    added = urlencode({name: text[:LONGEST] for name, text in said.items() if text})
    return urlunsplit(parts._replace(query="&".join(part for part in (parts.query, added) if part)))
