"""What a platform says of itself, and whether we can work with it (Dynamic Registration §3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from lti_tool.lti.registration.errors import RegistrationError
from lti_tool.lti.services.guard import THIS_MACHINE, AddressForbidden, Guard
from lti_tool.lti.services.http import AddressRefused, require_address

PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"
# Vendors whose configuration stands on another host than the issuer's: issuer → hosts.
KNOWN_ELSEWHERE = {"https://blackboard.com": frozenset({"developer.blackboard.com"})}
LONGEST = 2000  # characters of an address
MOST = 300  # entries of a list that are looked at
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri", "registration_endpoint")


@dataclass(frozen=True, slots=True)
class PlatformConfiguration:
    """A platform that may be registered with. ``messages``: message type → placements it offers for it."""

    address: str
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    registration_endpoint: str
    authorization_server: str | None
    scopes: tuple[str, ...]
    claims: tuple[str, ...]
    messages: Mapping[str, tuple[str, ...]]
    variables: tuple[str, ...] | None  # None: the platform does not say which it knows
    family: str
    version: str

    def stored(self) -> dict[str, Any]:
        """Return it as plain values, for a row."""
        return asdict(self)

    @classmethod
    def restored(cls, values: Mapping[str, Any]) -> PlatformConfiguration:
        """Make it again of what :meth:`stored` gave."""
        listed = {name: tuple(values[name]) for name in ("scopes", "claims")}
        messages = {name: tuple(places) for name, places in values["messages"].items()}
        variables = None if values["variables"] is None else tuple(values["variables"])
        return cls(**{**values, **listed, "messages": messages, "variables": variables})


def judge(document: Any, address: str, guard: Guard) -> PlatformConfiguration:
    """Read a platform's configuration that was fetched from ``address``.

    Raises:
        RegistrationError: "configuration-unreadable", "issuer-mismatch", "endpoints", "configuration-private",
            "algorithms".
    """
    if not isinstance(document, dict):
        raise RegistrationError("configuration-unreadable", "not an object")
    issuer = _issuer(document, address, guard)
    endpoints = {name: _endpoint(document, name, guard) for name in ENDPOINTS}
    _require_open_hosts(endpoints, guard)
    _require_algorithms(document)
    # Some platforms write the key with a space at its end.
    tidy = {key.strip(): value for key, value in document.items()}
    ours = tidy.get(PLATFORM_CONFIGURATION)
    ours = ours if isinstance(ours, dict) else {}
    server = document.get("authorization_server")
    return PlatformConfiguration(
        address=address,
        issuer=issuer,
        **endpoints,
        authorization_server=server if isinstance(server, str) and 0 < len(server) <= LONGEST else None,
        scopes=_texts(document.get("scopes_supported")),
        claims=_texts(document.get("claims_supported")),
        messages=_messages(ours.get("messages_supported")),
        variables=_texts(ours["variables"]) if isinstance(ours.get("variables"), list) else None,
        family=_short(ours.get("product_family_code")),
        version=_short(ours.get("version")),
    )


def require_public_address(url: str, guard: Guard) -> None:
    """Refuse an address that is not https, or http on this machine where the tool itself is only being tried.

    Raises:
        RegistrationError: "configuration-address".
    """
    try:
        require_address(url, allow_http=allows_http(url, guard))
    except AddressRefused as error:
        raise RegistrationError("configuration-address", str(error)) from error
    if len(url) > LONGEST:
        raise RegistrationError("configuration-address", "too long")


def allows_http(url: str, guard: Guard) -> bool:
    """Whether plain http may be spoken with this address: never, save with this machine when trying things out."""
    try:
        return guard.loopback and urlsplit(url).hostname in THIS_MACHINE
    except ValueError:
        return False


def _issuer(document: Mapping[str, Any], address: str, guard: Guard) -> str:
    """The issuer, which must be of the same host as the configuration: nobody speaks for another."""
    issuer = document.get("issuer")
    if not isinstance(issuer, str) or not 0 < len(issuer) <= 255:
        raise RegistrationError("issuer-mismatch", "no issuer")
    try:
        require_public_address(issuer, guard)
        parts, here = urlsplit(issuer), urlsplit(address)
        same = parts.hostname == here.hostname
    except (RegistrationError, ValueError):
        raise RegistrationError("issuer-mismatch", "not an https address") from None
    if parts.query or parts.fragment or "?" in issuer or "#" in issuer:
        raise RegistrationError("issuer-mismatch", "query or fragment")
    if not same and here.hostname not in KNOWN_ELSEWHERE.get(issuer, ()):
        raise RegistrationError("issuer-mismatch", f"{parts.hostname} is not {here.hostname}"[:100])
    return issuer


def _endpoint(document: Mapping[str, Any], name: str, guard: Guard) -> str:
    url = document.get(name)
    if not isinstance(url, str) or not url:
        raise RegistrationError("endpoints", name)
    try:
        require_public_address(url, guard)
    except RegistrationError as error:
        raise RegistrationError("endpoints", f"{name}: {error.detail}"[:120]) from error
    return url


def _require_open_hosts(endpoints: Mapping[str, str], guard: Guard) -> None:
    """The endpoints may stand on other hosts than the issuer (Canvas has them so), but not inside somebody's walls."""
    for host, port in {(urlsplit(url).hostname or "", urlsplit(url).port or 443) for url in endpoints.values()}:
        try:
            guard.addresses(host, port)
        except AddressForbidden as error:
            raise RegistrationError("configuration-private", str(error)[:120]) from error
        except OSError as error:
            raise RegistrationError("endpoints", f"{host}: {error}"[:120]) from error


def _require_algorithms(document: Mapping[str, Any]) -> None:
    """What both sides must speak (Security Framework §6.1, §4.1): id_token, RS256, private_key_jwt."""
    needed = {
        "response_types_supported": "id_token",
        "id_token_signing_alg_values_supported": "RS256",
        "token_endpoint_auth_methods_supported": "private_key_jwt",
    }
    optional = {"token_endpoint_auth_signing_alg_values_supported": "RS256"}
    needed |= {name: value for name, value in optional.items() if name in document}
    for name, value in needed.items():
        if value not in _texts(document.get(name)):
            raise RegistrationError("algorithms", f"{name} lacks {value}")


def _messages(listed: Any) -> dict[str, tuple[str, ...]]:
    messages: dict[str, tuple[str, ...]] = {}
    for one in listed[:MOST] if isinstance(listed, list) else ():
        kind = one.get("type") if isinstance(one, dict) else None
        if isinstance(kind, str) and len(kind) <= 255:
            messages[kind] = _texts(one.get("placements"))
    return messages


def _texts(listed: Any) -> tuple[str, ...]:
    if not isinstance(listed, list):
        return ()
    return tuple(one for one in listed[:MOST] if isinstance(one, str) and 0 < len(one) <= 255)


def _short(value: Any) -> str:
    return value.strip()[:60] if isinstance(value, str) else ""
