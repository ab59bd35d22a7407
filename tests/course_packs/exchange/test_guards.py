"""Files from strangers: whatever is in them, there is a pack that passes its check or one clear refusal, and soon."""

from __future__ import annotations

import time
import zipfile
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course_packs.exchange import FORMATS, ExchangeError, import_questions
from course_packs.exchange.archive import read_archive
from course_packs.exchange.xml_source import read_xml
from tests.course_packs.exchange import sources
from tests.course_packs.samples import findings_of

_PATIENT = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """A sound file with some of its bytes cut, doubled or replaced."""
    name = draw(st.sampled_from(sorted(sources.ALL)))
    data = bytearray(sources.ALL[name])
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.integers(0, 40)))
        filling = draw(
            st.one_of(st.binary(max_size=8), st.sampled_from([b"", b"<", b"{", b"}", b"&x;", b"%", b"#", b"\x00"]))
        )
        data[start:end] = filling * draw(st.integers(1, 3))
    if draw(st.booleans()):
        del data[draw(st.integers(0, len(data))) :]
    return name, bytes(data)


def sound_or_refused(name: str, data: bytes, form: str = "") -> None:
    started = time.monotonic()
    try:
        made = import_questions(name, data, form=form)
    except ExchangeError as error:
        said = {error.text("ru"), error.text("en")}
    else:
        said = {made.report.to_text()}
        assert not [one for one in findings_of(made.files) if one.severity == "error"]
    assert all(said)
    assert time.monotonic() - started < 10


@_PATIENT
@given(mutated())
def test_broken_files_are_read_or_refused(case):
    sound_or_refused(*case)


@_PATIENT
@given(st.sampled_from(FORMATS), st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(form, data):
    sound_or_refused("any", data, form)


@_PATIENT
@given(st.text(alphabet="абв =~#{}\\:%->[]$*_`!|<>&;\n1.5ht/", max_size=120))
def test_any_signs_of_gift_are_read_or_refused(text):
    sound_or_refused("any.gift", text.encode())


@_PATIENT
@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_any_words_in_moodle_xml_come_over(prompt, right, wrong):
    def cdata(text: str) -> str:
        kept = "".join(sign for sign in text if sign.isprintable() or sign == "\n")
        return f"<text><![CDATA[{kept.replace(']]>', '')}]]></text>"

    answers = f'<answer fraction="100">{cdata(right)}</answer><answer fraction="0">{cdata(wrong)}</answer>'
    question = f"<questiontext>{cdata(prompt)}</questiontext><single>true</single>{answers}"
    sound_or_refused("q.xml", f'<quiz><question type="multichoice">{question}</question></quiz>'.encode())


def refusal(call, *arguments) -> str:
    with pytest.raises(ExchangeError) as caught:
        call(*arguments)
    return caught.value.code


def test_entities_and_outside_files_are_refused():
    laughs = '<!DOCTYPE q [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><quiz>&b;</quiz>'
    outside = '<!DOCTYPE q [<!ENTITY f SYSTEM "file:///etc/passwd">]><quiz>&f;</quiz>'

    assert refusal(read_xml, laughs.encode(), "a.xml") == "entities"
    assert refusal(read_xml, outside.encode(), "a.xml") == "entities"


def test_an_outside_dtd_is_not_fetched_and_its_usual_names_are_known():
    root = read_xml(b'<!DOCTYPE q SYSTEM "http://example.invalid/q.dtd"><q>a&nbsp;b</q>', "a.xml")

    assert root.text() == "a\xa0b"


def test_depth_and_numbers_have_limits():
    assert refusal(read_xml, b"<a>" * 500, "a.xml") == "too-deep"
    assert refusal(read_xml, b"<a>" + b"<b/>" * 500_000 + b"</a>", "a.xml") == "too-many"


def test_html_nested_a_thousandfold_takes_no_time():
    started = time.monotonic()
    html = "<div>" * 30_000 + "слова"
    made = import_questions("q.gift", f"::a::[html]{html} {{=да ~нет}}".encode())

    assert time.monotonic() - started < 3
    assert made.report.carried == 1


def test_a_bomb_is_refused_by_what_it_says_and_by_what_it_does():
    assert refusal(read_archive, sources.archive({"bomb.xml": b"0" * 15_000_000})) == "zip-bomb"
    assert refusal(read_archive, sources.archive({"big.xml": bytes(range(256)) * 100_000})) == "zip-bomb"
    # Says that it is small, and is not: the true size stands behind a false one.
    lying = sources.archive({"small.xml": b"0" * 15_000_000})
    size = (15_000_000).to_bytes(4, "little")
    assert refusal(read_archive, lying.replace(size, (90).to_bytes(4, "little"))) in {"zip-bomb", "not-zip"}


@pytest.mark.parametrize("name", ["../a.xml", "/etc/a.xml", "a/../../b.xml", "c:evil.xml", "a\\b.xml"])
def test_names_that_lead_out_of_the_archive_are_refused(name):
    assert refusal(read_archive, sources.archive({name: b"<a/>"})) == "zip-path"


def test_links_passwords_and_doubles_are_refused():
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert refusal(read_archive, target.getvalue()) == "zip-link"

    locked = bytearray(sources.archive({"a.xml": b"<a/>"}))
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    assert refusal(read_archive, bytes(locked)) == "zip-encrypted"

    doubled = sources.archive({"a.xml": b"<a/>", "b.xml": b"<b/>"}).replace(b"b.xml", b"a.xml")
    assert refusal(read_archive, doubled) == "zip-repeated"


def test_an_archive_with_too_many_files_is_refused():
    assert refusal(read_archive, sources.archive({f"{number}.xml": b"" for number in range(2001)})) == "too-many"


def test_an_archive_inside_the_archive_stays_closed():
    made = import_questions(
        "items.zip", sources.archive({"who.xml": sources.ORDER_3, "inner.zip": sources.package()}), language="ru"
    )

    assert made.report.carried == 1
    assert "X402" in {notice.code for notice in made.report.notices}


def test_scripts_and_frames_do_not_come_over_in_silence():
    html = '<p onclick="x()">Да<script>alert(1)</script><iframe src="https://example.org/"></iframe></p>'
    made = import_questions("q.gift", f"::a::[html]{html.replace('=', chr(92) + '=')} {{=да ~нет}}".encode())

    told = [notice.message for notice in made.report.notices if notice.code == "X202"]
    assert any("script" in message for message in told)
    assert any("iframe https://example.org/" in message for message in told)
    assert b"script" not in made.files["units/q/tasks.yaml"]


def test_more_questions_than_a_pack_can_hold_are_refused_at_once():
    started = time.monotonic()
    many = "\n\n".join(f"Вопрос {number}" for number in range(5001)) + "\n\nВопрос {=да ~нет}" * 20_000

    assert refusal(import_questions, "many.gift", many.encode()) == "too-many"
    assert time.monotonic() - started < 30
