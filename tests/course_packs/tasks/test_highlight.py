"""Highlight: what is wrong is found in the text itself."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_packs import ResponseError
from course_packs.format.model import Task
from course_packs.tasks import highlight
from tests.course_packs.samples import Samples, task_findings, task_of

TOKENS = [f"{language}-{number}" for language in ("ru", "en") for number in range(1, 40)]
SAMPLES = Samples(
    fields=["word"],
    words=["ru-1", "ru-3", "ru-6", "en-6", "ru-99"],
    responses=st.lists(st.sampled_from(TOKENS), unique=True).map(lambda chosen: {"chosen": chosen}),
    secrets=["guard", "chips", "carbon", "decoy"],
)

WORDS = """\
type: highlight
text: |
  Сталь — сплав железа с [[gas: жидким кислородом]].
  Её [[fine: куют]].

  Чугун [[forge: куют]] тоже.
spans:
  gas: {feedback: С углеродом, mistake: {kind: knowledge, severity: major}}
  fine: {decoy: true, feedback: Куют, mistake: {kind: quality, severity: minor}}
  forge: {}
"""
PARTS = WORDS.replace("type: highlight", "type: highlight\nby: parts").replace("Чугун ", "[[Чугун]] ")


@pytest.fixture(scope="module")
def words() -> Task:
    return task_of(WORDS)


def ids(task: Task) -> dict[str, str]:
    pieces = [piece for paragraph in highlight.view(task, language="ru", seed=1)["paragraphs"] for piece in paragraph]
    return {piece["text"]: piece["id"] for piece in pieces if piece["id"]}


def test_by_words_everything_can_be_chosen_and_by_parts_only_what_is_cut(words: Task) -> None:
    assert len([*ids(words), "куют"]) == 11  # «куют» stands there twice
    assert set(ids(task_of(PARTS))) == {"жидким кислородом", "куют", "Чугун"}


def test_the_text_comes_out_as_it_was_written(words: Task) -> None:
    paragraphs = highlight.view(words, language="ru", seed=1)["paragraphs"]
    assert ["".join(piece["text"] for piece in paragraph) for paragraph in paragraphs] == [
        "Сталь — сплав железа с жидким кислородом.\nЕё куют.",
        "Чугун куют тоже.",
    ]


def test_any_word_of_a_place_finds_it_and_a_wrong_word_takes_away(words: Task) -> None:
    token = ids(words)
    one = highlight.mark(words, {"chosen": [token["кислородом"]]})
    assert (one.fraction, one.verdict, one.mistakes) == (Decimal("0.5"), "partial", ())
    both = highlight.mark(words, {"chosen": [token["жидким"], token["кислородом"], token["куют"]]})
    assert (both.fraction, both.verdict) == (Decimal(1), "correct")
    worse = highlight.mark(words, {"chosen": [token["кислородом"], token["Сталь"]]})
    assert worse.fraction == 0
    assert worse.parts == {token["Сталь"]: False, token["кислородом"]: True}


def test_the_mistake_of_a_place_is_made_by_missing_it_and_of_a_decoy_by_falling_for_it() -> None:
    task = task_of(PARTS)
    decoy = next(piece[1] for paragraph in task.spec["texts"]["ru"] for piece in paragraph if piece[2] == "fine")
    outcome = highlight.mark(task, {"chosen": [decoy]})
    assert [mistake.kind for mistake in outcome.mistakes] == ["knowledge", "quality"]
    assert [text["ru"] for text in outcome.feedback] == ["<p>Куют</p>"]
    assert highlight.mark(task, {"chosen": []}).mistakes == ()


def test_the_answer_in_one_language_counts_in_every_other() -> None:
    task = task_of(
        WORDS.replace("text: |\n", "text:\n  en: 'Iron is [[gas: wet]], [[fine: so]] is [[forge: all]]'\n  ru: |\n")
        .replace("\n  Её", "\n    Её")
        .replace("\n  Сталь", "\n    Сталь")
        .replace("\n  Чугун", "\n    Чугун"),
        languages="[ru, en]",
    )
    for language in ("ru", "en"):
        chosen = highlight.solution(task, language=language)["chosen"]
        assert all(token.startswith(language) for token in chosen)
        assert highlight.mark(task, {"chosen": chosen}).fraction == 1
    assert highlight.describe(task, {"chosen": ["en-3"]}, language="ru") == "wet"


def test_what_is_shown_at_the_end_says_why(words: Task) -> None:
    assert highlight.solution(words, language="ru")["notes"] == [
        {"text": "жидким кислородом", "html": "<p>С углеродом</p>"}
    ]


@pytest.mark.parametrize(("form", "code"), [({}, "empty"), ({"word": ["ru-99"]}, "unknown-option")])
def test_a_form_that_is_no_answer_costs_no_try(words: Task, form: dict[str, list[str]], code: str) -> None:
    with pytest.raises(ResponseError) as caught:
        highlight.read(words, form)
    assert caught.value.code == code


WORDS_TASK = task_of(WORDS)
RIGHT = highlight.solution(WORDS_TASK, language="ru")["chosen"]


@given(st.lists(st.sampled_from([f"ru-{number}" for number in range(1, 12)]), unique=True), st.sampled_from(RIGHT))
def test_one_more_word_found_never_lowers_the_score(chosen: list[str], more: str) -> None:
    before = highlight.mark(WORDS_TASK, {"chosen": chosen})
    assert highlight.mark(WORDS_TASK, {"chosen": [*chosen, more]}).fraction >= before.fraction


def test_marking_everything_earns_nothing(words: Task) -> None:
    everything = [piece[1] for paragraph in words.spec["texts"]["ru"] for piece in paragraph if piece[1]]
    assert highlight.mark(words, {"chosen": everything}).fraction == 0


ONE = "type: highlight\ntext: 'Это [[a: так]] вот'\nspans: {a: {}}\n"


@pytest.mark.parametrize(
    ("definition", "codes"),
    [
        (ONE, []),
        ("type: highlight", ["P010", "P010"]),
        (ONE.replace("[[a: так]]", "[[a: так"), ["P252", "P251"]),
        (ONE.replace("[[a: так]]", "[[a: ]]"), ["P251"]),
        (ONE.replace("вот", "[[ ]]"), ["P251", "P254"]),
        (ONE.replace("[[a: так]]", "так"), ["P252"]),
        (ONE.replace("вот", "[[b: вот]]"), ["P253"]),
        (ONE.replace("вот", "[[вот]]"), ["P254"]),
        (ONE.replace("вот", "[[вот]]") + "by: parts", []),
        (ONE + "by: parts", ["P203"]),
        (ONE.replace("{a: {}}", "{a: {decoy: true}}"), ["P255"]),
        (ONE.replace("вот", "вот " * 200), ["P256"]),
        (ONE.replace("{a: {}}", "{a: нет}"), ["P018", "P253"]),
        (ONE + "by: letters", ["P011"]),
    ],
)
def test_what_an_author_may_get_wrong(definition: str, codes: list[str]) -> None:
    assert sorted(task_findings(definition)) == sorted(codes)
