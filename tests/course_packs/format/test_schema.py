"""The JSON Schemas for editors: our own packs keep to them, the published files are the ones the code makes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from course_packs import TYPES
from course_packs.cli import pack as command
from course_packs.format.schema import pack_schemas, value_schema
from course_packs.tasks.definition import COMMON_KEYS
from tests.course_packs.samples import FILES

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "docs/authoring/schema"
SCHEMA_OF = {"pack.yaml": "pack.schema.json", "unit.yaml": "unit.schema.json", "tasks.yaml": "tasks.schema.json"}
PACKS = [path.parent for path in sorted(ROOT.glob("*/packs/*/pack.yaml"))] + [ROOT / "docs/authoring/every-task"]


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(pack_schemas()[name])


def as_json(value: Any) -> Any:
    """YAML as an editor sees it: keys are strings."""
    if isinstance(value, dict):
        return {str(key): as_json(one) for key, one in value.items()}
    return [as_json(one) for one in value] if isinstance(value, list) else value


def problems(file: str, text: str) -> list[str]:
    found = validator(SCHEMA_OF[file]).iter_errors(as_json(YAML(typ="safe", pure=True).load(text)))
    return [f"{'/'.join(map(str, one.absolute_path))}: {one.message[:200]}" for one in found]


@pytest.mark.parametrize("name", pack_schemas())
def test_each_is_a_schema_of_the_draft_it_names(name: str) -> None:
    schema = pack_schemas()[name]
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


@pytest.mark.parametrize("folder", PACKS, ids=lambda path: path.name)
def test_our_packs_keep_to_them(folder: Path) -> None:
    files = [path for name in SCHEMA_OF for path in folder.rglob(name)]
    assert len(files) > 2
    for path in files:
        assert problems(path.name, path.read_text(encoding="utf-8")) == [], path


def test_the_sample_pack_keeps_to_them() -> None:
    for path, text in FILES.items():
        if Path(path).name in SCHEMA_OF:
            assert problems(Path(path).name, text) == [], path


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("pack.yaml", "kind: course", "kind: cours"),
        ("pack.yaml", "format: 1", "format: 2"),
        ("pack.yaml", "minutes: 10", "minutes: 10\nminuets: 5"),
        ("pack.yaml", "minutes: 10", "minutes: ten"),
        ("pack.yaml", "minutes: 10", "minutes: 10\ncompetences: {1.9: 1}"),
        ("pack.yaml", "minutes: 10", "minutes: 10\ncompletion: never"),
        ("pack.yaml", "id: small-pack", "id: Small Pack"),
        ("units/first/unit.yaml", "place: gate", "place: gates"),
        ("units/first/unit.yaml", "- task: one", "- task: one\n    read: intro.md"),
        ("units/first/tasks.yaml", "type: choice", "type: chioce"),
        ("units/first/tasks.yaml", "type: choice", "type: choice\n  multiple: perhaps"),
        ("units/first/tasks.yaml", "type: choice", "type: choice\n  accept: [x]"),
        ("units/first/tasks.yaml", "severity: minor", "severity: small"),
        ("units/second/tasks.yaml", "typos: 1", "typos: 3"),
        ("units/second/tasks.yaml", "[Утро, День, Вечер, Ночь]", "[Утро, День]"),
    ],
)
def test_slips_are_seen(file: str, old: str, new: str) -> None:
    assert old in FILES[file]
    assert problems(Path(file).name, FILES[file].replace(old, new)) != []


def test_every_key_of_every_type_is_there_with_its_words() -> None:
    definitions = pack_schemas()["tasks.schema.json"]["$defs"]
    for name, task_type in TYPES.items():
        known = definitions[f"type-{name}"]["properties"]
        assert set(COMMON_KEYS) <= set(known)
        for key, said in task_type.SCHEMA.items():
            if "/" not in key:
                assert known[key]["description"] == said


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ("true | false (true)", {"type": "boolean"}),
        ("2–12 × {text, correct: true?}", {"type": "array", "minItems": 2, "maxItems": 12}),
        ("3–10 texts in order", {"type": "array", "minItems": 3, "maxItems": 10}),
        ("2–6 × name: text", {"type": "object", "minProperties": 2, "maxProperties": 6}),
        ("1–200 (200)", {"type": "number", "minimum": 1, "maximum": 200}),
        ("0–6 (3): decimals", {"type": "number", "minimum": 0, "maximum": 6}),
        ("0 | 1 | 2 (0)", {"enum": [0, 1, 2]}),
        ("fixed | any (fixed); any for few", {"enum": ["fixed", "any"]}),
        ("number", {"type": "number"}),
        ("list of expressions", {"type": "array"}),
        ("{absolute: 0.5} | {relative: 2%}", {}),
    ],
)
def test_what_a_type_says_is_read_as_far_as_it_has_a_form(said: str, form: dict[str, Any]) -> None:
    assert value_schema(said) == {"description": said, **form}


def test_the_published_files_are_the_ones_the_code_makes(tmp_path: Path) -> None:
    """`python tools/authoring.py` writes them anew."""
    assert CliRunner().invoke(command, ["schema", "-o", str(tmp_path)]).exit_code == 0
    made = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()}
    published = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in PUBLISHED.iterdir()}
    assert made == published, "stale: python tools/authoring.py"
