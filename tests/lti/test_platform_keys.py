"""The platforms' keys: fetched seldom, shared, kept over an outage, chosen with care."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask

from lti_tool.clock import now
from lti_tool.housekeeping import renew_platform_keys
from lti_tool.lti.errors import LaunchError
from lti_tool.lti.platform_keys import MAX_KEYS, PlatformKeyring, usable_keys
from lti_tool.lti.services.http import Cause, FetchedJson, ServiceUnreachable
from tests.factories import PlatformFactory
from tests.platform import KEY, public_jwk

URL = "https://moodle.test/certs.php"


class Publisher:
    """A platform that publishes keys, as the ring sees it."""

    def __init__(self, *kids: str) -> None:
        self.kids = list(kids)
        self.headers: dict[str, str] = {}
        self.down = False
        self.asked: list[str] = []

    def fetch(self, url: str) -> FetchedJson:
        self.asked.append(url)
        if self.down:
            raise ServiceUnreachable(Cause.TIMEOUT, url)
        return FetchedJson({"keys": [public_jwk(KEY, kid) for kid in self.kids]}, self.headers)

    def rings(self, number: int) -> list[PlatformKeyring]:
        """Rings that know nothing of each other but the database, as those of several processes."""
        return [PlatformKeyring(self.fetch) for _ in range(number)]


@pytest.fixture
def publisher(app: Flask) -> Publisher:
    return Publisher("one")


@pytest.fixture
def ring(publisher: Publisher) -> PlatformKeyring:
    return publisher.rings(1)[0]


def refused(ring: PlatformKeyring, kid: str) -> str:
    with pytest.raises(LaunchError) as error:
        ring.find(URL, kid)
    return error.value.reason


def later(**span: float) -> Any:
    return time_machine.travel(now() + timedelta(**span), tick=True)


class TestHowLongTheyAreKept:
    @pytest.mark.parametrize(
        ("said", "minutes"),
        [
            ("", 60),
            ("max-age=600", 10),
            ("public, Max-Age=600", 10),
            ("max-age=0", 5),
            ("max-age=1", 5),
            ("no-store", 5),
            ("max-age=99999999", 24 * 60),
            ("s-maxage=600", 60),
            ("max-age=soon", 60),
        ],
    )
    def test_as_the_platform_says_within_bounds(self, publisher, ring, said: str, minutes: int):
        publisher.headers = {"Cache-Control": said}
        ring.find(URL, "one")
        with later(minutes=minutes - 0.5):
            ring.find(URL, "one")
        assert len(publisher.asked) == 1
        with later(minutes=minutes + 0.5):
            ring.find(URL, "one")
        assert len(publisher.asked) == 2

    def test_all_processes_share_them(self, publisher):
        for ring in publisher.rings(3):
            ring.find(URL, "one")
        assert len(publisher.asked) == 1

    def test_a_key_that_was_taken_out_is_no_longer_accepted_when_they_are_fetched_again(self, publisher, ring):
        ring.find(URL, "one")
        publisher.kids = ["two"]
        with later(hours=2):
            assert refused(ring, "one") == "key-unknown"


class TestAnUnknownKeyId:
    def test_makes_us_ask_at_once(self, publisher, ring):
        ring.find(URL, "one")
        publisher.kids.append("two")
        assert ring.find(URL, "two")
        assert len(publisher.asked) == 2

    def test_but_once_a_minute_whoever_meets_it(self, publisher):
        rings = publisher.rings(3)
        rings[0].find(URL, "one")
        for number in range(12):
            assert refused(rings[number % 3], f"invented-{number}") == "key-unknown"
        assert len(publisher.asked) == 2
        with later(seconds=61):
            for number in range(6):
                refused(rings[number % 3], f"invented-{number}")
        assert len(publisher.asked) == 3

    def test_the_first_question_of_all_counts(self, publisher, ring):
        for number in range(4):
            assert refused(ring, f"invented-{number}") == "key-unknown"
        assert len(publisher.asked) == 1

    def test_a_class_that_meets_a_new_key_asks_once_and_comes_in(self, publisher, app):
        first, *others = publisher.rings(4)
        first.find(URL, "one")
        publisher.kids.append("two")
        barrier, slow = Barrier(4), publisher.fetch
        holding = Event()

        def fetch(url: str) -> FetchedJson:
            holding.wait(0.3)
            return slow(url)

        def come_in(ring: PlatformKeyring) -> Any:
            with app.app_context():
                ring._fetch = fetch
                barrier.wait()
                return ring.find(URL, "two")

        with ThreadPoolExecutor(4) as pool:
            assert all(pool.map(come_in, [first, *others]))
        assert len(publisher.asked) == 2

    def test_a_platform_that_never_answered_is_asked_once_a_minute(self, publisher, ring):
        publisher.down = True
        for number in range(4):
            assert refused(ring, f"invented-{number}") == "keys-unreachable"
        assert len(publisher.asked) == 1
        publisher.down = False
        with later(seconds=61):
            assert ring.find(URL, "one")

    def test_a_platform_that_hangs_holds_up_no_other(self, publisher, ring, app):
        begun, over = Event(), Event()
        quick = publisher.fetch

        def fetch(url: str) -> FetchedJson:
            if "slow" in url:
                begun.set()
                assert over.wait(10)
            return quick(url)

        ring._fetch = fetch

        def slow_launch() -> Any:
            with app.app_context():
                return ring.find("https://slow.test/certs", "one")

        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(slow_launch)
            assert begun.wait(10)
            assert ring.find(URL, "one")
            assert not waiting.done()
            over.set()
            assert waiting.result(10)


class TestAnOutage:
    def test_known_keys_serve_for_another_day(self, publisher, ring):
        ring.find(URL, "one")
        publisher.down = True
        with later(hours=24.9):
            assert ring.find(URL, "one")
        with later(hours=25.1):
            assert refused(ring, "one") == "keys-unreachable"

    def test_launches_do_not_wait_for_it_again_and_again(self, publisher):
        rings = publisher.rings(2)
        rings[0].find(URL, "one")
        publisher.down = True
        with later(hours=2):
            for ring in rings * 3:
                ring.find(URL, "one")
        assert len(publisher.asked) == 2
        with later(hours=2, minutes=6):
            rings[0].find(URL, "one")
        assert len(publisher.asked) == 3

    def test_an_answer_that_is_no_key_set_is_as_good_as_none(self, publisher, ring):
        ring.find(URL, "one")
        ring._fetch = lambda url: FetchedJson(["no"], {})
        with later(hours=2):
            assert ring.find(URL, "one")
            assert refused(ring, "two") == "key-unknown"

    def test_whoever_died_while_asking_does_not_stop_the_others_for_ever(self, publisher, ring, monkeypatch):
        monkeypatch.setattr("lti_tool.lti.platform_keys.WAIT_FOR_OTHERS", 0.1)

        def die(url: str) -> FetchedJson:
            raise KeyboardInterrupt

        ring._fetch = die
        with pytest.raises(KeyboardInterrupt):
            ring.find(URL, "one")
        ring._fetch = publisher.fetch
        assert refused(ring, "one") == "keys-unreachable"
        with later(seconds=61):
            assert ring.find(URL, "one")


class TestRenewal:
    """Regular work fetches them before they expire, so that launches need not wait."""

    def test_what_is_about_to_expire_is_fetched(self, publisher, ring):
        ring.find(URL, "one")
        assert ring.renew_due({URL}) == 0
        with later(minutes=59):
            assert ring.renew_due({URL}) == 1
            assert ring.renew_due({URL}) == 0
        with later(minutes=110):
            ring.find(URL, "one")
        assert len(publisher.asked) == 2

    def test_a_platform_that_is_used_no_more_is_left_alone(self, publisher, ring):
        ring.find(URL, "one")
        with later(minutes=59):
            assert ring.renew_due({"https://other.test/certs"}) == 0

    def test_several_workers_fetch_once(self, publisher):
        rings = publisher.rings(3)
        rings[0].find(URL, "one")
        with later(minutes=59):
            assert sum(ring.renew_due({URL}) for ring in rings) == 1

    def test_an_outage_is_no_failure_of_the_work(self, publisher, ring):
        ring.find(URL, "one")
        publisher.down = True
        with later(minutes=59):
            assert ring.renew_due({URL}) == 0
            assert ring.find(URL, "one")

    def test_only_active_platforms_are_asked(self, app, session, publisher, monkeypatch):
        ring = publisher.rings(1)[0]
        monkeypatch.setitem(app.extensions, "lyceum.platform_keys", ring)
        off, on = PlatformFactory(state="off"), PlatformFactory()
        session.commit()
        for platform in (off, on):
            ring.find(platform.jwks_url, "one")
        with later(minutes=59):
            renew_platform_keys()
        assert publisher.asked[2:] == [on.jwks_url]


def bent(**changes: Any) -> dict[str, Any]:
    jwk: dict[str, Any] = {**public_jwk(KEY, "one"), **changes}
    return {name: value for name, value in jwk.items() if value is not None}


class TestWhichKeysAreUsed:
    @pytest.mark.parametrize(
        "entry", [bent(), bent(use=None), bent(alg=None), bent(use=None, alg=None, key_ops=["verify"])]
    )
    def test_rsa_keys_for_signatures(self, entry):
        assert set(usable_keys({"keys": [entry]})) == {"one"}

    @pytest.mark.parametrize(
        "entry",
        [
            bent(use="enc"),
            bent(alg="RS512"),
            bent(alg="HS256"),
            bent(kid=None),
            bent(kid=7),
            bent(n=None),
            bent(n=5),
            bent(n="!"),
            bent(n="A" * 100_000),
            bent(e="AA"),
            bent(e=None),
            {"kty": "oct", "k": "c2VjcmV0", "kid": "one", "alg": "HS256"},
            {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "one"},
            {"kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": "one"},
            public_jwk(rsa.generate_private_key(public_exponent=65537, key_size=1024), "one"),
            "one",
            None,
            [],
        ],
    )
    def test_others_are_skipped_and_do_no_harm(self, entry):
        assert set(usable_keys({"keys": [entry, bent(kid="good")]})) == {"good"}

    def test_an_endless_set_is_read_to_its_hundredth_key(self):
        assert len(usable_keys({"keys": [bent(kid=str(number)) for number in range(300)]})) == MAX_KEYS
