"""Pictures are measured from their bytes; an SVG that could run, load or reach out is refused."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs.format.diagnostics import Report
from course_packs.format.picture_size import media_type_of, raster_size
from course_packs.format.pictures import Pictures, read_pictures
from course_packs.format.svg import svg_size

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 640, 480) + b"\x08\x02\x00\x00\x00"
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xff\xc2\x00\x11\x08" + struct.pack(">HH", 480, 640) + b"\x03"
)
VP8 = b"RIFF\x00\x00\x00\x00WEBPVP8 \x00\x00\x00\x00\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 640, 480)
VP8L = b"RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00\x2f" + (639 | 479 << 14).to_bytes(4, "little")
VP8X = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00" + b"\x00" * 4 + b"\x7f\x02\x00" + b"\xdf\x01\x00"


@pytest.mark.parametrize(
    ("data", "media_type"),
    [(PNG, "image/png"), (JPEG, "image/jpeg"), (VP8, "image/webp"), (VP8L, "image/webp"), (VP8X, "image/webp")],
)
def test_type_and_size_are_read_from_the_first_bytes(data: bytes, media_type: str) -> None:
    assert media_type_of(data) == media_type
    assert raster_size(data) == (640, 480)


@pytest.mark.parametrize("data", [PNG, JPEG, VP8, VP8L, VP8X])
def test_a_picture_cut_short_has_no_size(data: bytes) -> None:
    for length in range(len(data) - 6):
        assert raster_size(data[:length]) is None


@given(st.sampled_from([b"", PNG[:12], JPEG[:4], VP8[:15], VP8L[:16], VP8X[:16]]), st.binary(max_size=60))
def test_any_bytes_have_a_sensible_size_or_none(start: bytes, rest: bytes) -> None:
    size = raster_size(start + rest)
    assert size is None or min(size) > 0


def check_svg(
    body: str, head: str = 'viewBox="0 0 40 20"', before: str = ""
) -> tuple[tuple[int, int] | None, list[str]]:
    report = Report("media/x.svg", Pictures(), "en")
    namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    size = svg_size(f"{before}<svg {namespaces} {head}>{body}</svg>".encode(), report)
    return size, [one.code for one in report.found]


@pytest.mark.parametrize(
    ("head", "size"),
    [
        ('viewBox="0 0 40 20"', (40, 20)),
        ('viewBox="0,0,40.4,19.6"', (40, 20)),
        ('width="100" height="50px" viewBox="0 0 2 1"', (100, 50)),
        ('width="100%" height="50%" viewBox="0 0 2 1"', (2, 1)),
        ('width="1in" height="25.4mm"', (96, 96)),
    ],
)
def test_the_size_of_an_svg_comes_from_its_root(head: str, size: tuple[int, int]) -> None:
    assert check_svg("<rect/>", head) == (size, [])


@pytest.mark.parametrize("head", ["", 'viewBox="0 0 0 0"', 'width="x" height="y"', 'width="10" viewBox="0 0 1"'])
def test_an_svg_without_a_size_is_refused(head: str) -> None:
    assert check_svg("<rect/>", head) == (None, ["P305"])


@pytest.mark.parametrize(
    "body",
    [
        "<g><path d='M0 0h1'/></g><text>Огонь</text><style>rect{fill:url(#g)}</style>",
        "<use href='#g'/><use xlink:href='#g'/>",
        "<image href='data:image/png;base64,iVBORw0KGgo='/>",
        "<metadata xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title>x</dc:title></metadata>",
        "<rect style='fill:red' fill=\"url('#g')\"/>",
    ],
)
def test_shapes_text_and_inner_references_pass(body: str) -> None:
    assert check_svg(body) == ((40, 20), [])


@pytest.mark.parametrize(
    "body",
    [
        "<script>1</script>",
        "<foreignObject/>",
        "<a href='#x'/>",
        "<animate attributeName='href' to='javascript:1'/>",
        "<set attributeName='onload' to='x'/>",
        "<rect onload='x'/>",
        "<rect ONCLICK='x'/>",
        "<use href='https://example.org/a.svg#x'/>",
        "<image href='https://example.org/a.png'/>",
        "<image href='data:image/svg+xml;base64,AAAA'/>",
        "<image xlink:href='data:text/html,x'/>",
        "<use href='javascript:1'/>",
        "<style>@import 'x.css';</style>",
        "<style>rect{background:url(https://example.org)}</style>",
        "<style>rect{fill:u/**/rl(https://example.org)}</style>",
        "<style>a{b:'/*'}rect{fill:url(https://example.org)}c{d:'*/'}</style>",
        "<style>rect{fill:image-set('https://example.org/a.png' 1x)}</style>",
        "<style>rect{fill:\\75rl(https://example.org)}</style>",
        "<rect style='fill:url(//example.org)'/>",
        "<rect filter='url( https://example.org/f.svg#x )'/>",
        "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>1</x:script>",
        "<metadata><x:iframe xmlns:x='http://www.w3.org/1999/xhtml'/></metadata>",
        "<script xmlns=''>1</script>",
        "<?xml-stylesheet href='x.xsl'?>",
    ],
)
def test_whatever_could_run_load_or_reach_out_is_refused(body: str) -> None:
    assert check_svg(body) == (None, ["P304"])


@pytest.mark.parametrize(
    "before",
    ["<!DOCTYPE svg [<!ENTITY a 'b'>]>", "<?xml version='1.0' encoding='utf-7'?>", "<?xml-stylesheet href='x'?>"],
)
def test_entities_odd_encodings_and_style_sheets_before_the_root_are_refused(before: str) -> None:
    assert check_svg("<rect/>", before=before) == (None, ["P304"])


def test_a_plain_doctype_as_editors_write_it_passes() -> None:
    doctype = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    assert check_svg("<rect/>", before=doctype) == ((40, 20), [])


@given(st.text(alphabet=st.sampled_from("<>/!?&;='\" asvgx:#[]-"), max_size=60))
def test_any_svg_body_is_accepted_or_reported(body: str) -> None:
    size, found = check_svg(body)
    assert (size is None) == bool(found)


def test_sound_and_refused_pictures_are_told_apart_by_name() -> None:
    report = Report("pack.yaml", Pictures())
    pictures = read_pictures({"media/a.png": PNG, "media/b.png": JPEG, "pack.yaml": b""}, report)
    assert set(pictures.sound) == {"a.png"}
    assert pictures.refused == {"b.png"}
