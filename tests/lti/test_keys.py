"""The tool's own keys: what is published, what signs, what a stolen database does not hold."""

from __future__ import annotations

from datetime import timedelta

import jwt
import pytest
import time_machine
from jwcrypto import jwk
from sqlalchemy import select

from lti_tool.clock import now
from lti_tool.lti import keys
from lti_tool.lti.models import ToolKey
from lti_tool.lti.sealing import SealBroken, seal, unseal

PUBLIC_MEMBERS = {"kty", "n", "e", "alg", "use", "kid"}


@pytest.fixture
def kid(session) -> str:
    """The id of the first key."""
    made = keys.ensure_key(session)
    session.commit()
    return made


def published(session) -> list[str]:
    keys.forget()
    return [key["kid"] for key in keys.jwks(session)["keys"]]


def signed_with(session) -> str:
    keys.forget()
    return jwt.get_unverified_header(keys.sign(session, {"iss": "us"}))["kid"]


class TestTheFirstKey:
    def test_it_is_made_once(self, session, kid: str):
        assert keys.ensure_key(session) == kid
        assert published(session) == [kid]

    def test_its_public_half_alone_is_published(self, session, kid: str):
        (key,) = keys.jwks(session)["keys"]
        assert set(key) == PUBLIC_MEMBERS
        assert (key["kty"], key["alg"], key["use"], key["kid"]) == ("RSA", "RS256", "sig", kid)
        assert jwk.JWK(**key).get_op_key("verify").key_size == 2048

    def test_its_id_is_the_thumbprint_of_rfc_7638(self, session, kid: str):
        (key,) = keys.jwks(session)["keys"]
        assert jwk.JWK(**key).thumbprint() == kid

    def test_the_example_of_rfc_7638(self):
        modulus = (
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWK"
            "RXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMic"
            "AtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3"
            "XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
        )
        example = {"kty": "RSA", "n": modulus, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}
        assert keys.thumbprint(example) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"

    def test_what_it_signs_verifies(self, session, kid: str):
        token = keys.sign(session, {"iss": "us", "n": 1}, {"kid": "not this", "cty": "x"})
        assert jwt.get_unverified_header(token) == {"alg": "RS256", "typ": "JWT", "kid": kid, "cty": "x"}
        (key,) = keys.jwks(session)["keys"]
        assert jwt.decode(token, jwt.PyJWK(key), algorithms=["RS256"]) == {"iss": "us", "n": 1}

    def test_without_a_key_nothing_is_signed(self, session):
        with pytest.raises(keys.NoKey):
            keys.sign(session, {})
        assert keys.jwks(session) == {"keys": []}

    def test_the_private_half_lies_sealed(self, session, kid: str):
        stored = session.scalars(select(ToolKey.private_pem)).one()
        assert b"PRIVATE" not in stored
        assert unseal(stored).startswith(b"-----BEGIN PRIVATE KEY-----")
        assert "RSAPrivateKey" not in repr(keys.signing_key(session))

    def test_after_the_secret_was_changed_a_new_key_takes_its_place(self, app, session, kid: str, monkeypatch):
        monkeypatch.setitem(app.config, "SECRET_KEY", "another secret of the tests, long enough")
        keys.forget()
        with pytest.raises(keys.NoKey):
            keys.sign(session, {})
        new = keys.ensure_key(session)
        session.commit()
        assert new != kid
        assert signed_with(session) == new
        assert set(published(session)) == {kid, new}

    def test_a_clock_that_was_set_back_does_not_leave_us_without_a_signature(self, session, kid: str):
        with time_machine.travel(now() - timedelta(days=3)):
            assert signed_with(session) == kid


class TestRotation:
    def test_a_new_key_is_published_a_day_before_it_signs(self, session, kid: str):
        began = now()
        new = keys.rotate(session)
        session.commit()
        assert set(published(session)) == {kid, new}
        assert signed_with(session) == kid
        with time_machine.travel(began + timedelta(hours=23)):
            assert signed_with(session) == kid
        with time_machine.travel(began + timedelta(hours=24, minutes=1)):
            assert signed_with(session) == new

    def test_the_old_one_stays_two_days_after_its_last_signature(self, session, kid: str):
        began = now()
        new = keys.rotate(session)
        session.commit()
        with time_machine.travel(began + timedelta(hours=71)):
            assert set(published(session)) == {kid, new}
        with time_machine.travel(began + timedelta(hours=72, minutes=1)):
            assert published(session) == [new]

    def test_a_compromised_key_is_gone_at_once(self, session, kid: str):
        new = keys.rotate(session, compromised=True)
        session.commit()
        assert published(session) == [new]
        assert signed_with(session) == new
        assert session.scalars(select(ToolKey.kid)).all() == [new]

    def test_another_processes_change_is_seen_within_a_minute(self, session, kid: str):
        keys.sign(session, {})
        row = session.scalars(select(ToolKey)).one()
        session.delete(row)
        session.commit()
        assert keys.sign(session, {})
        with time_machine.travel(now() + timedelta(seconds=61)), pytest.raises(keys.NoKey):
            keys.sign(session, {})


class TestSealing:
    def test_what_is_sealed_comes_back(self, app):
        assert unseal(seal(b"a secret")) == b"a secret"
        assert b"a secret" not in seal(b"a secret")

    def test_what_was_changed_does_not(self, app):
        sealed = bytearray(seal(b"a secret"))
        sealed[-5] ^= 1
        with pytest.raises(SealBroken):
            unseal(bytes(sealed))

    def test_another_secret_does_not_open_it(self, app, monkeypatch):
        sealed = seal(b"a secret")
        monkeypatch.setitem(app.config, "SECRET_KEY", "another secret of the tests, long enough")
        with pytest.raises(SealBroken):
            unseal(sealed)
