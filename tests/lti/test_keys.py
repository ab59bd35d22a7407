"""The tool's own keys: what is published, what signs, what a stolen database does not hold."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID

import jwt
import pytest
import time_machine
from jwcrypto import jwk
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.clock import now
from lti_tool.db import db
from lti_tool.lti import keys
from lti_tool.lti.models import AccessToken, ToolKey
from lti_tool.lti.sealing import SealBroken, reseal, seal, unseal
from tests.factories import PlatformFactory

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

    def test_in_an_emergency_it_signs_at_once_and_the_old_one_stays_published(self, session, kid: str):
        new = keys.rotate(session, at_once=True)
        session.commit()
        assert signed_with(session) == new
        assert set(published(session)) == {kid, new}
        with time_machine.travel(now() + timedelta(hours=48, minutes=1)):
            assert published(session) == [new]

    def test_a_key_that_is_coming_is_not_overtaken_by_another(self, session, kid: str):
        keys.rotate(session)
        with pytest.raises(keys.RotationUnderWay):
            keys.rotate(session)

    def test_but_it_may_be_made_to_sign_at_once(self, session, kid: str):
        coming = keys.rotate(session)
        assert keys.rotate(session, at_once=True) == coming
        session.commit()
        assert signed_with(session) == coming
        assert set(published(session)) == {kid, coming}

    def test_again_and_again(self, session, kid: str):
        """Year after year: at any time there is a key that signs, and it has been published for a day."""
        seen: dict[str, datetime] = {}
        began = now()
        for hour in range(0, 240, 6):
            with time_machine.travel(began + timedelta(hours=hour)):
                for one in published(session):
                    seen.setdefault(one, now())
                signs = signed_with(session)
                assert signs == kid or seen[signs] <= now() - timedelta(hours=23)
                keys.tidy(session)
                with suppress(keys.RotationUnderWay):
                    keys.rotate(session)
                session.commit()
        assert len(seen) > 5

    def test_two_who_rotate_at_once_make_one_key(self, app, session, kid: str):
        session.commit()
        barrier = Barrier(2)

        def rotate() -> bool:
            with app.app_context(), Session(db.engine) as own, own.begin():
                barrier.wait()
                try:
                    keys.rotate(own)
                except keys.RotationUnderWay:
                    return False
                return True

        with ThreadPoolExecutor(2) as pool:
            done = [pool.submit(rotate) for _ in range(2)]
            assert sorted(one.result() for one in done) == [False, True]
        assert len(published(session)) == 2

    def test_the_ring_says_what_each_key_does(self, session, kid: str):
        began = now()
        new = keys.rotate(session)
        session.commit()
        states = {one.kid: one.state for one in keys.ring(session)}
        assert states == {kid: keys.KeyState.SIGNING, new: keys.KeyState.COMING}
        with time_machine.travel(began + timedelta(hours=25)):
            states = {one.kid: one.state for one in keys.ring(session)}
            assert states == {kid: keys.KeyState.LEAVING, new: keys.KeyState.SIGNING}
        with time_machine.travel(began + timedelta(hours=73)):
            assert [one.kid for one in keys.ring(session)] == [new]

    def test_a_private_half_is_destroyed_when_it_signs_no_more_and_the_key_when_it_is_published_no_more(
        self, session, kid: str
    ):
        began = now()
        new = keys.rotate(session)
        session.commit()
        assert keys.tidy(session) == 0
        with time_machine.travel(began + timedelta(hours=25)):
            assert keys.tidy(session) == 1
            session.commit()
            assert session.get(ToolKey, kid, populate_existing=True).private_pem is None
            assert set(published(session)) == {kid, new}
            assert signed_with(session) == new
        with time_machine.travel(began + timedelta(hours=73)):
            assert keys.tidy(session) == 1
            session.commit()
            assert session.scalars(select(ToolKey.kid)).all() == [new]


class TestWithdrawal:
    def test_a_compromised_key_is_gone_at_once_and_a_new_one_signs(self, session, kid: str):
        new = keys.withdraw(session, [kid])
        session.commit()
        assert new != kid
        assert published(session) == [new]
        assert signed_with(session) == new
        assert session.scalars(select(ToolKey.kid)).all() == [new]

    def test_the_one_that_is_coming_takes_over(self, session, kid: str):
        coming = keys.rotate(session)
        assert keys.withdraw(session, [kid]) == coming
        session.commit()
        assert (published(session), signed_with(session)) == ([coming], coming)
        assert keys.ring(session)[0].state is keys.KeyState.SIGNING

    def test_the_one_that_is_coming_may_be_the_compromised_one(self, session, kid: str):
        coming = keys.rotate(session)
        assert keys.withdraw(session, [coming]) == kid
        session.commit()
        assert (published(session), signed_with(session)) == ([kid], kid)

    def test_then_the_key_that_signs_goes_on_for_as_long_as_it_must(self, session, kid: str):
        """The withdrawn one was to take over tomorrow; nobody has to be there tomorrow."""
        keys.withdraw(session, [keys.rotate(session)])
        session.commit()
        with time_machine.travel(now() + timedelta(days=30)):
            keys.tidy(session)
            session.commit()
            assert signed_with(session) == kid

    def test_an_unknown_one_is_told_and_nothing_is_done(self, session, kid: str):
        with pytest.raises(keys.UnknownKey):
            keys.withdraw(session, [kid, "no such key"])
        assert published(session) == [kid]

    def test_other_processes_obey_at_once(self, app, session, kid: str):
        """What a process has opened does not sign any more when the ring says so."""
        keys.sign(session, {})
        session.commit()
        with Session(db.engine) as other:
            new = keys.withdraw(other, [kid])
            other.commit()
        session.expire_all()
        assert jwt.get_unverified_header(keys.sign(session, {}))["kid"] == new
        assert [key["kid"] for key in keys.jwks(session)["keys"]] == [new]


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


class TestANewSecret:
    """The installation's secret is changed; the old one is told for a while."""

    @pytest.fixture
    def change(self, app, monkeypatch):
        def to(secret: str, *former: str) -> None:
            monkeypatch.setitem(app.config, "SECRET_KEY", secret)
            monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", list(former))
            keys.forget()

        return to

    def test_what_the_old_one_sealed_still_opens(self, app, session, kid: str, change):
        sealed, old = seal(b"a secret"), app.secret_key
        change("another secret of the tests, long enough", old)
        assert unseal(sealed) == b"a secret"
        assert signed_with(session) == kid
        assert keys.ensure_key(session) == kid

    def test_resealing_makes_the_old_one_needless(self, app, session, kid: str, change):
        platform = PlatformFactory()
        for deployment in ("1", "2"):
            session.add(_token(platform.id, deployment, seal(b"bearer")))
        session.commit()
        old, new = app.secret_key, "another secret of the tests, long enough"
        change(new, old)
        done = reseal(session)
        session.commit()
        assert (done.renewed, done.lost) == (3, 0)
        change(new)
        session.expire_all()
        assert signed_with(session) == kid
        assert [unseal(row.token) for row in session.scalars(select(AccessToken))] == [b"bearer"] * 2
        assert reseal(session).renewed == 0

    def test_what_nothing_opens_is_counted_and_left(self, session, kid: str, change):
        change("another secret of the tests, long enough")
        done = reseal(session)
        assert (done.renewed, done.lost) == (0, 1)

    def test_a_key_that_cannot_be_opened_leaves_the_ring_when_a_new_one_is_made(self, session, kid: str, change):
        change("another secret of the tests, long enough")
        assert keys.ring(session)[0].state is keys.KeyState.UNREADABLE
        new = keys.ensure_key(session)
        session.commit()
        with time_machine.travel(now() + timedelta(hours=49)):
            keys.tidy(session)
            session.commit()
            assert published(session) == [new]


def _token(platform_id: UUID, deployment: str, sealed: bytes) -> AccessToken:
    return AccessToken(
        platform_id=platform_id,
        deployment_id=deployment,
        scopes="a",
        token=sealed,
        granted="a",
        expires_at=now(),
        renew_at=now(),
    )
