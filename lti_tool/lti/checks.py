"""The checks of a platform's answer, one function for each step (Security Framework §5.1.3, Core §5.3).

Each looks at one thing and refuses with its own reason; :mod:`.message` walks them in order, and what a message must
carry beyond them is read by :mod:`.launch`. They keep nothing and ask nobody.
"""

from __future__ import annotations

import hmac
import json
import re
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import jwt

from lti_tool.lti import claims
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.registrations import Registration, origin
from lti_tool.lti.states import hashed

ALGORITHMS = ("RS256",)
LEEWAY = 60  # seconds: schools cannot keep their clocks to the second
MAX_AGE = 3600 + LEEWAY  # seconds since `iat`
MAX_TOKEN = 2**20  # bytes
MAX_DEPTH = 32  # of lists and objects within each other; LTI needs four
MAX_ID = 255
FAR_FUTURE = 10**11  # seconds since 1970: the year 5138

# No database keeps these in a text: half a pair of UTF-16 (a name that was cut within an emoji) and the NUL character.
_UNKEPT = re.compile("[\x00\ud800-\udfff]")
REPLACEMENT = "\ufffd"
_JWS = jwt.PyJWS(algorithms=list(ALGORITHMS))

Json = Mapping[str, Any]


def single(form: Mapping[str, list[str]], names: Iterable[str]) -> None:
    """Refuse a form in which one of these fields stands more than once (step 1).

    Raises:
        LaunchError: "parameters".
    """
    doubled = [name for name in names if len(form.get(name, [])) > 1]
    if doubled:
        raise LaunchError("parameters", ", ".join(doubled))


def token_parts(token: str) -> tuple[Json, Json]:
    """Return header and body of a JWT, neither believed yet (step 1).

    Characters that no database keeps are replaced; what is signed is the token, not this reading of it.

    Raises:
        LaunchError: "token-format" when it has no three parts, is too long, too deep, or no JSON objects.
    """
    if len(token) > MAX_TOKEN or token.count(".") != 2:
        raise LaunchError("token-format")
    header, body, _signature = token.split(".")
    return _json(header), _json(body)


def algorithm(header: Json) -> None:
    """Refuse a signature that is none of those allowed, and extensions that must be understood (step 3).

    Keys and addresses of keys that the header offers (``jku``, ``jwk``, ``x5u``, ``x5c``) are never looked at.

    Raises:
        LaunchError: "algorithm".
    """
    if header.get("alg") not in ALGORITHMS or "crit" in header:
        raise LaunchError("algorithm", repr(header.get("alg"))[:20])


def key_id(header: Json) -> str:
    """Return the id of the key that is said to have signed (step 4).

    Raises:
        LaunchError: "key-unknown" when there is none.
    """
    kid = header.get("kid")
    if not isinstance(kid, str) or not kid:
        raise LaunchError("key-unknown", "no kid")
    return kid


def signature(token: str, key: jwt.PyJWK) -> None:
    """Refuse a token that this key did not sign (step 5).

    Raises:
        LaunchError: "signature".
    """
    try:
        _JWS.decode(token, key, algorithms=list(ALGORITHMS))
    except jwt.InvalidTokenError as error:
        raise LaunchError("signature", type(error).__name__) from error


def issuer(body: Json, registration: Registration) -> None:
    """Refuse another issuer than the registration's, to the letter (step 6).

    Raises:
        LaunchError: "issuer".
    """
    if body.get("iss") != registration.issuer:
        raise LaunchError("issuer")


def audience(body: Json, registration: Registration) -> None:
    """Refuse a token that is not for us, or for others beside us: no further audience is trusted (step 7).

    Raises:
        LaunchError: "audience".
    """
    meant = body.get("aud")
    if (meant if isinstance(meant, list) else [meant]) != [registration.client_id]:
        raise LaunchError("audience")


def authorized_party(body: Json, registration: Registration) -> None:
    """Refuse a token that was made for another client (step 8).

    Raises:
        LaunchError: "audience".
    """
    if "azp" in body and body["azp"] != registration.client_id:
        raise LaunchError("audience", "azp")


def times(body: Json, moment: float) -> None:
    """Judge ``exp`` and ``iat``, both in seconds, both required (step 9).

    Raises:
        LaunchError: "times", "expired", "issued-in-future".
    """
    expires, issued = body.get("exp"), body.get("iat")
    for value in (expires, issued):
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < FAR_FUTURE:
            raise LaunchError("times")
    if expires <= moment - LEEWAY or issued < moment - MAX_AGE:  # type: ignore[operator]  # numbers, see above
        raise LaunchError("expired")
    if issued > moment + LEEWAY:  # type: ignore[operator]
        raise LaunchError("issued-in-future")


def nonce(body: Json, nonce_hash: bytes) -> None:
    """Refuse a token that answers another login (step 10). The nonce is spent last, when all else is proved.

    Raises:
        LaunchError: "nonce".
    """
    value = body.get("nonce")
    if not isinstance(value, str) or not hmac.compare_digest(hashed(value), nonce_hash):
        raise LaunchError("nonce")


def deployment(body: Json) -> str:
    """Return the deployment id (step 13; Core §5.3.3).

    Raises:
        LaunchError: "deployment-missing".
    """
    return required_id(body.get(claims.DEPLOYMENT_ID), "deployment-missing", ascii_only=True)


def deployment_hint(deployment_id: str, parameters: Mapping[str, str]) -> None:
    """Refuse another deployment than the login named, if it named one (step 14).

    Raises:
        LaunchError: "hint-mismatch".
    """
    if (parameters.get("lti_deployment_id") or deployment_id) != deployment_id:  # an empty one names none
        raise LaunchError("hint-mismatch", "deployment")


def target(body: Json, parameters: Mapping[str, str], public_url: str) -> None:
    """Refuse a target that is missing, not ours, or another than the login's (step 15; Core §5.3.4).

    Raises:
        LaunchError: "parameters", "foreign-target", "hint-mismatch".
    """
    value = body.get(claims.TARGET_LINK_URI)
    if not isinstance(value, str) or not value:
        raise LaunchError("parameters", "target_link_uri")
    own_target(value, public_url)
    if value != parameters["target_link_uri"]:
        raise LaunchError("hint-mismatch", "target_link_uri")


def own_target(value: str, public_url: str) -> None:
    """Refuse a target on another host: it would make us an open redirector.

    Raises:
        LaunchError: "foreign-target".
    """
    if origin(value) != origin(public_url):
        raise LaunchError("foreign-target")
    path, ours = urlsplit(value).path, urlsplit(public_url).path.rstrip("/")
    if path != ours and not path.startswith(ours + "/"):
        raise LaunchError("foreign-target")


def required_id(value: object, reason: str, *, ascii_only: bool = False) -> str:
    """Return an id of 1 to 255 characters, as it came.

    Raises:
        LaunchError: with this reason.
    """
    if not isinstance(value, str) or not 0 < len(value) <= MAX_ID or REPLACEMENT in value:
        raise LaunchError(reason)
    if ascii_only and not value.isascii():
        raise LaunchError(reason)
    return value


def _json(part: str) -> Json:
    """Read one part of a JWT as a JSON object."""
    try:
        value = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, Base64Error, RecursionError):
        raise LaunchError("token-format") from None
    if not isinstance(value, dict):
        raise LaunchError("token-format")
    return {str(_kept(name, 0)): _kept(member, MAX_DEPTH) for name, member in value.items()}


def _kept(value: Any, depth: int) -> Any:
    """Return a JSON value with what no database keeps replaced."""
    if isinstance(value, str):
        return _UNKEPT.sub(REPLACEMENT, value)
    if not isinstance(value, dict | list):
        return value
    if depth == 0:
        raise LaunchError("token-format", "too deep")
    if isinstance(value, list):
        return [_kept(item, depth - 1) for item in value]
    return {str(_kept(name, 0)): _kept(item, depth - 1) for name, item in value.items()}
