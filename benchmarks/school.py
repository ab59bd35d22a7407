"""A platform for benchmarks: it begins logins, signs launches and publishes its keys."""

from __future__ import annotations

import json
import time
from functools import cache
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/"
ROLE = "http://purl.imsglobal.org/vocab/lis/v2/membership#"

CLIENT_ID = "benchmark"
DEPLOYMENT_ID = "1"
KID = "benchmark-key"
PACK = "kak-rabotaet-licej"
TOKEN_LIFETIME = 600  # seconds: a whole round is signed before its launches are timed


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key_set() -> dict[str, Any]:
    """The platform's JWKS. Beside the key in use stands a former one, as on platforms that change theirs."""
    former = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return {"keys": [_public(former, "former-key"), _public(_key(), KID)]}


def _public(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
    return {
        **json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key())),
        "kid": kid,
        "alg": "RS256",
        "use": "sig",
    }


def login_form(issuer: str, target: str) -> bytes:
    """A login initiation (Security Framework §5.1.1.1) as Moodle posts it, form-encoded."""
    return urlencode(
        {
            "iss": issuer,
            "login_hint": "6",
            "target_link_uri": target,
            "lti_message_hint": '{"cmid":3,"launchid":"ltilaunch1_751899214"}',
            "client_id": CLIENT_ID,
            "lti_deployment_id": DEPLOYMENT_ID,
        }
    ).encode()


def launch_form(
    issuer: str, target: str, *, state: str, nonce: str, subject: str, link: str = "1", teacher: bool = False
) -> bytes:
    """A signed resource link launch of a graded activity, form-encoded."""
    moment = int(time.time())
    claims = {
        "iss": issuer,
        "aud": CLIENT_ID,
        "sub": subject,
        "nonce": nonce,
        "iat": moment,
        "exp": moment + TOKEN_LIFETIME,
        "name": f"Ученик {subject}",
        f"{LTI}version": "1.3.0",
        f"{LTI}message_type": "LtiResourceLinkRequest",
        f"{LTI}deployment_id": DEPLOYMENT_ID,
        f"{LTI}target_link_uri": target,
        f"{LTI}resource_link": {"id": link, "title": "Как работает лицей"},
        f"{LTI}roles": [ROLE + ("Instructor" if teacher else "Learner")],
        f"{LTI}context": {"id": "2", "label": "CITY10", "title": "Лицей-CITY", "type": ["CourseSection"]},
        f"{LTI}launch_presentation": {"locale": "ru", "document_target": "iframe"},
        f"{LTI}tool_platform": {"guid": "g", "product_family_code": "moodle"},
        f"{LTI}custom": {"pack": PACK, "moodle_group_ids": "4,7"},
        f"{NRPS}claim/namesroleservice": {
            "context_memberships_url": f"{issuer}/2/members",
            "service_versions": ["2.0"],
        },
        f"{AGS}claim/endpoint": {
            "scope": [f"{AGS}scope/{name}" for name in ("lineitem", "result.readonly", "score")],
            "lineitems": f"{issuer}/2/lineitems?type_id=1",
            "lineitem": f"{issuer}/2/lineitems/{link}/lineitem?type_id=1",
        },
    }
    id_token = jwt.encode(claims, _key(), algorithm="RS256", headers={"kid": KID})
    return urlencode({"id_token": id_token, "state": state}).encode()


def description(issuer: str) -> dict[str, Any]:
    """The platform as ``lyceum-city serve --platform-file`` takes it; its JWKS stands at ``/jwks``."""
    return {
        "school": "benchmark",
        "name": "Benchmark",
        "issuer": issuer,
        "client_id": CLIENT_ID,
        "deployment_ids": [DEPLOYMENT_ID],
        "auth_url": f"{issuer}/auth",
        "token_url": f"{issuer}/token",
        "jwks_url": f"{issuer}/jwks",
        "family": "moodle",
    }
