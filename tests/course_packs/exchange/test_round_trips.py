"""What leaves as Moodle XML, GIFT or QTI and comes back is what it was, as far as the form can hold it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from course_packs import CompiledPack, Task, compile_pack
from course_packs.exchange import export_pack, import_questions
from course_packs.exchange.yaml_writer import write_yaml
from tests.course_packs.samples import CIRCLE, compiled

EVERY_TASK = Path("docs/authoring/every-task")
FORMS = ("moodle-xml", "gift", "qti")
_FILE = {"moodle-xml": "back.xml", "gift": "back.gift", "qti": "back.zip"}
_PATIENT = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])

_WORD = (
    st.text(alphabet="абвгдежзик АЯ09", min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
)
_SIGNS = st.text(alphabet="аб {}=~#:\\%>$.,!?;()\"'/&<-+@^|[]_*`", min_size=1, max_size=10)


@st.composite
def line(draw: st.DrawFn) -> str:
    """Markdown of one line, signs of every form among the words."""
    from course_packs.exchange.markdown_writer import escape

    word = draw(_WORD)
    extra = " ".join(draw(_SIGNS).split())
    form = draw(
        st.sampled_from(["{0}", "**{0}** {1}", "{0} `код` {1}", "*{0}* да", "{0} {1}", "![круг](media/circle.svg) {0}"])
    )
    return form.format(word, escape(extra)).strip()


@st.composite
def block(draw: st.DrawFn) -> str:
    """Markdown of several blocks."""
    first = draw(line())
    more = draw(
        st.sampled_from(
            ["", "\n\nвторой абзац", "\n\n- раз\n- два", "\n\n```\na = {b}\n\nc: 1\n```", "\\\nс новой строки"]
        )
    )
    return first + more


def lines(least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(line(), min_size=least, max_size=most).map(
        lambda texts: [f"{number} {text}" for number, text in enumerate(texts)]
    )


_NUMBER = st.decimals(min_value=-1000, max_value=1000, places=2)


@st.composite
def task(draw: st.DrawFn, form: str) -> dict[str, Any]:
    """A task of what the form can hold."""
    kind = draw(st.sampled_from(["choice", "true_false", "short_text", "number", "ordering", "matching"]))
    data: dict[str, Any] = {"type": kind, "prompt": draw(block())}
    combined = {"choice", "ordering", "matching"}
    verdicts: tuple[str, ...] = ("correct", "partial", "wrong") if kind in combined else ("correct", "wrong")
    if form == "gift" and kind in combined:
        verdicts = ()
    feedback = {verdict: draw(block()) for verdict in verdicts if draw(st.booleans())}
    data |= {"feedback": feedback} if feedback else {}
    data |= draw(_MAKERS[kind](form))
    if form != "gift":
        data["points"] = draw(st.integers(1, 20))
    if form == "moodle-xml":
        data["retry_penalty"] = draw(st.sampled_from([Decimal("0.25"), Decimal("0.1"), Decimal(0)]))
        data["tries"] = draw(st.integers(2, 5))
        data |= {"hint": draw(block())} if draw(st.booleans()) else {}
    if form == "gift":
        return {key: _bare(value) for key, value in data.items()}
    return data


def _bare(value: Any) -> Any:
    """The same without pictures, which GIFT has no place for."""
    if isinstance(value, str):
        return value.replace("![круг](media/circle.svg) ", "")
    if isinstance(value, list):
        return [_bare(one) for one in value]
    return {key: _bare(one) for key, one in value.items()} if isinstance(value, dict) else value


@st.composite
def _choice(draw: st.DrawFn, form: str) -> dict[str, Any]:
    texts = draw(lines(2, 6))
    multiple = draw(st.booleans())
    count = draw(st.integers(1, len(texts) - 1)) if multiple else 1
    options: list[dict[str, Any]] = []
    for index, text in enumerate(texts):
        option: dict[str, Any] = {"text": text, **({"correct": True} if index < count else {})}
        options.append(option | ({"feedback": draw(block())} if draw(st.booleans()) else {}))
    shuffle = True if form == "gift" else draw(st.booleans())
    return {"options": draw(st.permutations(options)), "multiple": multiple, "shuffle": shuffle}


@st.composite
def _true_false(draw: st.DrawFn, form: str) -> dict[str, Any]:
    return {"answer": draw(st.booleans())}


@st.composite
def _short_text(draw: st.DrawFn, form: str) -> dict[str, Any]:
    words = [f"{number} {word}" for number, word in enumerate(draw(st.lists(_WORD, min_size=1, max_size=4)))]
    accept: list[dict[str, Any]] = []
    for index, text in enumerate(words):
        entry: dict[str, Any] = {"text": text + draw(st.sampled_from(["", "*", " = {1}", " ~#%5%"]))}
        if index:
            entry["fraction"] = draw(st.sampled_from([Decimal("0.5"), Decimal("0.25")]))
        if form != "qti" and index and draw(st.booleans()):
            entry["feedback"] = draw(block())
        accept.append(entry)
    return {"accept": accept}


@st.composite
def _number(draw: st.DrawFn, form: str) -> dict[str, Any]:
    data: dict[str, Any] = {"answer": draw(_NUMBER)}
    if draw(st.booleans()):
        data["tolerance"] = {"absolute": draw(st.sampled_from([Decimal("0.5"), Decimal(3)]))}
    if form != "qti" and draw(st.booleans()):
        near: dict[str, Any] = {"answer": data["answer"] + 10, "tolerance": {"absolute": 1}}
        data["near"] = [near | ({"feedback": draw(block())} if draw(st.booleans()) else {})]
    if form != "gift" and draw(st.booleans()):
        data["unit"] = "кг"
    if form == "moodle-xml" and "unit" in data and draw(st.booleans()):
        data["units"] = {"кг": 1, "т": 1000, "г": Decimal("0.001")}
    return data


@st.composite
def _ordering(draw: st.DrawFn, form: str) -> dict[str, Any]:
    items = draw(lines(3, 6))
    return {"items": [f"{number} пункт" for number in range(4)] if form == "gift" else items}


@st.composite
def _matching(draw: st.DrawFn, form: str) -> dict[str, Any]:
    left = draw(lines(2, 5))
    words = draw(st.lists(_WORD, min_size=3, max_size=6, unique_by=lambda word: word.casefold()))
    right = [f"{number} право {word}" for number, word in enumerate(words)]
    pairs = [{"left": text, "right": right[index % (len(right) - 1)]} for index, text in enumerate(left)]
    extra = [text for text in right if text not in {pair["right"] for pair in pairs}]
    return {"pairs": pairs, **({"extra": extra} if extra else {})}


_MAKERS = {
    "choice": _choice,
    "true_false": _true_false,
    "short_text": _short_text,
    "number": _number,
    "ordering": _ordering,
    "matching": _matching,
}


def pack_of(tasks: list[dict[str, Any]]) -> CompiledPack:
    names = [f"task-{number}" for number in range(len(tasks))]
    unit = {"title": "Цех", "summary": "О цехе.", "minutes": 5, "steps": [{"task": name} for name in names]}
    manifest = {
        "format": 1, "id": "there-and-back", "kind": "course", "languages": ["ru"], "title": "Туда и обратно",
        "summary": "Для проверок.", "minutes": 5, "units": ["tsekh"],
    }  # fmt: skip
    return compiled(
        {
            "pack.yaml": write_yaml(manifest).encode(),
            "units/tsekh/unit.yaml": write_yaml(unit).encode(),
            "units/tsekh/tasks.yaml": write_yaml(dict(zip(names, tasks, strict=True))).encode(),
            "media/circle.svg": CIRCLE.encode(),
        }
    )


def there_and_back(pack: CompiledPack, form: str) -> CompiledPack:
    sent = export_pack(pack, form)
    made = import_questions(_FILE[form], sent.content, pack_language="ru")
    assert made.report.left_out == 0, made.report.to_text()
    return compiled(made.files)


def nameless(one: Task) -> Task:
    return replace(one, id="")


@pytest.mark.parametrize("form", FORMS)
@_PATIENT
@given(data=st.data())
def test_tasks_come_back_as_they_were(form, data):
    pack = pack_of(data.draw(st.lists(task(form), min_size=1, max_size=3)))
    back = there_and_back(pack, form)

    assert [nameless(one) for one in back.tasks] == [nameless(one) for one in pack.tasks]
    assert {media.data_base64 for media in back.media} == {media.data_base64 for media in pack.media}


@pytest.mark.parametrize("form", FORMS)
def test_names_and_units_come_back(form):
    pack = compile_pack(EVERY_TASK)
    back = compiled(import_questions(_FILE[form], export_pack(pack, form).content, pack_language="ru").files)

    assert {one.id.partition("/")[2] for one in back.tasks} <= {one.id.partition("/")[2] for one in pack.tasks}
    titles = [unit.title["ru"] for unit in pack.units]
    assert [unit.title["ru"] for unit in back.units if unit.title["ru"] in titles] == [
        title for title in titles if title in {unit.title["ru"] for unit in back.units}
    ]


@pytest.mark.parametrize("form", FORMS)
def test_every_type_leaves_or_is_told_of(form):
    pack = compile_pack(EVERY_TASK)
    sent = export_pack(pack, form)

    told = {(one.place.file, one.place.question) for one in sent.report.notices if one.code == "X501"}
    made = import_questions(_FILE[form], sent.content, pack_language="ru")
    assert made.report.left_out == 0, made.report.to_text()
    assert made.report.carried == len(pack.tasks) - len(told)
    assert sent.report.questions == sum(len(unit.steps) for unit in pack.units)


@pytest.mark.parametrize("form", ["moodle-xml", "qti"])
def test_gaps_come_back_with_their_answers(form):
    gaps = {
        "who": {"accept": ["мастер", {"text": "бригадир", "fraction": Decimal("0.5")}]},
        "mass": {"answer": Decimal("2.5"), "tolerance": {"absolute": Decimal("0.1")}}
        if form != "qti"
        else {"answer": 25},
        "what": {"options": [{"text": "печь", "correct": True}, {"text": "ковш"}], "weight": 2},
    }
    text = "Смену открывает [[who]], слиток весит [[mass]] т.\n\n- Плавит [[what]]"
    pack = pack_of([{"type": "gaps", "prompt": "Допишите.", "text": text, "gaps": gaps}])
    back = there_and_back(pack, form)

    spec = nameless(back.tasks[0]).spec
    assert back.tasks[0].prompt == pack.tasks[0].prompt
    assert spec["text"] == pack.tasks[0].spec["text"]
    assert [gap["spec"] for gap in spec["gaps"]] == [gap["spec"] for gap in pack.tasks[0].spec["gaps"]]


@pytest.mark.parametrize("form", ["moodle-xml", "qti"])
def test_a_table_leaves_as_a_text_with_gaps_and_boxes_as_pairs(form):
    rows = [["Сталь", {"answer": 1500}], [{"accept": ["медь"]}, "1083"]]
    boxes = {"hot": "Горячее", "cold": "Холодное", "none": "Ни то ни другое"}
    items = [{"text": "Ковш", "box": "hot"}, {"text": "Лёд", "box": "cold"}, {"text": "Слиток", "box": "hot"}]
    pack = pack_of(
        [
            {"type": "table", "prompt": "Заполните.", "columns": ["Металл", "Плавится, °C"], "rows": rows},
            {"type": "categorise", "prompt": "Разложите.", "boxes": boxes, "items": items},
        ]
    )
    table, pairs = there_and_back(pack, form).tasks

    assert (table.type, pairs.type) == ("gaps", "matching")
    assert "<td>[[g1]]</td>" in table.spec["text"]["ru"]
    assert [gap["by"] for gap in table.spec["gaps"]] == ["answer", "accept"]
    left, right = ({key: text["ru"] for key, text in pairs.spec[side].items()} for side in ("left", "right"))
    assert {left[one]: right[other] for one, other in pairs.spec["pairs"].items()} == {
        "Ковш": "Горячее", "Лёд": "Холодное", "Слиток": "Горячее",
    }  # fmt: skip
    assert "Ни то ни другое" in right.values()


def test_the_same_pack_gives_the_same_bytes():
    pack = compile_pack(EVERY_TASK)

    for form in FORMS:
        assert export_pack(pack, form).content == export_pack(pack, form).content
