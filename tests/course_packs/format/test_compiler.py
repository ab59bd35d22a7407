"""From files to a compiled pack, and from there to JSON and back."""

from __future__ import annotations

import base64
import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course_packs import CompiledPack, Grading, pick
from tests.course_packs.samples import CIRCLE, FILES, PACK, compiled, edited, files_with, findings_of


@pytest.fixture(scope="module")
def pack() -> CompiledPack:
    return compiled(files_with())


def test_the_pack_carries_what_its_author_wrote(pack: CompiledPack) -> None:
    assert (pack.id, pack.kind, pack.languages, pack.minutes) == ("small-pack", "course", ("ru", "en"), 10)
    assert pick(pack.title, "en") == "Small pack"
    assert pack.grading == Grading(Decimal(60), 3, "best")
    assert pack.sources[0].url == "https://example.org/charter"
    assert [unit.id for unit in pack.units] == ["first", "second"]
    assert [task.id for task in pack.tasks] == [
        "first/one",
        "second/word",
        "second/mass",
        "second/order",
        "second/pairs",
    ]


def test_units_know_their_weight_place_and_points(pack: CompiledPack) -> None:
    first, second = pack.units
    assert (first.weight, first.place, first.points) == (Decimal(1), "gate", Decimal(1))
    assert (second.weight, second.place, second.points) == (Decimal(3), None, Decimal(5))
    assert pack.unit("second") is second


def test_steps_are_pages_with_titles_and_tasks_without(pack: CompiledPack) -> None:
    read, task = pack.unit("first").steps
    assert (read.id, read.kind, read.title, read.task) == ("intro", "read", {"ru": "Заголовок"}, None)
    assert read.html is not None
    assert "media:circle.svg" in read.html["ru"]
    assert (task.id, task.kind, task.title, task.html) == ("one", "task", {}, None)
    assert task.task is pack.task("first/one")


def test_defaults_of_a_task_are_two_tries_and_a_quarter_off(pack: CompiledPack) -> None:
    task = pack.task("first/one")
    assert (task.points, task.tries, task.retry_penalty) == (Decimal(1), 2, Decimal("0.25"))
    assert (task.hints, task.hint_penalty) == (({"ru": "<p>Посмотрите на дверь.</p>"},), Decimal(0))
    assert task.feedback == {"correct": {"ru": "<p>Да.</p>"}, "wrong": {"ru": "<p>Нет.</p>"}}
    assert task.mistake is not None
    assert task.mistake.note == {"ru": "Спросил не того"}


def test_hints_may_come_in_steps_and_have_a_price() -> None:
    steps = "hint_penalty: 0.1\n  hint:\n    - Оглянитесь.\n    - {ru: Посмотрите на дверь., en: The door.}"
    pack = compiled(files_with(edited("units/first/tasks.yaml", "hint: Посмотрите на дверь.", steps)))
    task = pack.task("first/one")
    assert [pick(hint, "en") for hint in task.hints] == ["<p>Оглянитесь.</p>", "<p>The door.</p>"]
    assert task.hint_penalty == Decimal("0.1")
    assert CompiledPack.from_json(pack.to_json()) == pack


def test_only_shown_pictures_travel_with_the_pack(pack: CompiledPack) -> None:
    (media,) = pack.media
    assert (media.path, media.media_type) == ("circle.svg", "image/svg+xml")
    assert base64.b64decode(media.data_base64).decode() == CIRCLE


def test_a_page_may_have_a_version_in_another_language() -> None:
    pack = compiled(files_with({"units/first/intro.en.md": "# Title\n\nText\n"}))
    step = pack.unit("first").steps[0]
    assert pick(step.title, "en") == "Title"
    assert list(step.title) == ["ru", "en"]


def test_grading_may_be_left_out() -> None:
    plain = PACK.replace("grading: {pass_mark: 60, attempts: 3, attempt_grade: best}\n", "")
    assert compiled(files_with({"pack.yaml": plain})).grading == Grading(Decimal(60), None, "best")


def test_attempts_may_be_unlimited() -> None:
    pack = compiled(files_with(edited("pack.yaml", "attempts: 3", "attempts: unlimited")))
    assert pack.grading.attempts is None


def test_readme_and_licence_may_lie_beside_the_pack() -> None:
    assert findings_of(files_with({"README.md": "x", "LICENSE": "x"})) == []


def test_unknown_units_and_tasks_are_key_errors(pack: CompiledPack) -> None:
    with pytest.raises(KeyError):
        pack.unit("third")
    with pytest.raises(KeyError):
        pack.task("first/two")


def test_canonical_json_comes_back_as_the_same_pack(pack: CompiledPack) -> None:
    text = pack.to_json()
    again = CompiledPack.from_json(text)
    assert again == pack
    assert again.to_json() == text
    assert again.digest == pack.digest


def test_the_main_language_stays_first_through_any_store(pack: CompiledPack) -> None:
    # A database may hand JSON back with keys in its own order; the fallback of `pick` must not change.
    shuffled = json.dumps(json.loads(pack.to_json()), sort_keys=True)
    again = CompiledPack.from_json(shuffled)
    assert pick(again.title, "de") == "Малый пакет"
    assert again.digest == pack.digest


def test_the_digest_depends_on_content_only(pack: CompiledPack) -> None:
    reordered = {"id": 1, "format": 0}
    lines = sorted(PACK.splitlines(keepends=True)[:2], key=lambda line: reordered.get(line.split(":")[0], 0))
    same = compiled(files_with({"pack.yaml": "".join(lines) + "".join(PACK.splitlines(keepends=True)[2:])}))
    other = compiled(files_with(edited("pack.yaml", "ru: Для проверок.", "ru: Для проверок!")))
    assert same.digest == pack.digest
    assert other.digest != pack.digest
    assert len(pack.digest) == 64


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format":2}', '{"format":1}', '{"format":1,"languages":["ru"]}', "[" * 99999]
)
def test_what_is_no_compiled_pack_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"pack|Expecting"):
        CompiledPack.from_json(text)


SCALARS = st.sampled_from(
    ["", "x", "0", "-1", "1e9", "true", "null", "[]", "{}", "[x]", "{a: b}", "*x", "'", "a: b", "🔥", "2%"]
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=150)
@given(path=st.sampled_from(sorted(FILES)), data=st.data())
def test_a_pack_with_any_line_garbled_compiles_or_explains(path: str, data: st.DataObject) -> None:
    lines = FILES[path].splitlines()
    index = data.draw(st.integers(0, len(lines) - 1))
    key, colon, _ = lines[index].partition(":")
    lines[index] = data.draw(st.sampled_from([f"{key}{colon} {data.draw(SCALARS)}", data.draw(SCALARS), ""]))
    findings = findings_of(files_with({path: "\n".join(lines)}))
    if all(finding.severity == "warning" for finding in findings):
        pack = compiled(files_with({path: "\n".join(lines)}))
        assert CompiledPack.from_json(pack.to_json()) == pack


@settings(deadline=None, max_examples=60)
@given(path=st.sampled_from(sorted(FILES)), content=st.binary(max_size=120))
def test_a_pack_with_any_bytes_for_a_file_compiles_or_explains(path: str, content: bytes) -> None:
    for finding in findings_of(files_with({path: content})):
        assert str(finding).isprintable()
