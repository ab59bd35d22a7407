"""JSON Schemas (draft 2020-12) of a pack's YAML files, for editors that complete keys and underline slips.

A schema sees one file at a time and no meaning: `lint` stays the judge. What a task type says of its keys in `SCHEMA`
is read here as far as it has a form; the rest becomes a description.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from course_packs.competences import COMPETENCES, DIGITAL
from course_packs.format.about import AUDIENCES, AUTHOR_ROLES
from course_packs.format.advice_codes import ADVICE_CODES
from course_packs.format.canonical import FORMAT
from course_packs.format.compiler import ATTEMPT_GRADES, KINDS
from course_packs.format.fields import MAX_SLUG, SLUG
from course_packs.format.unit_compiler import PLACES
from course_packs.occupations import FIELDS
from course_packs.tasks import get_type, type_names
from course_packs.tasks.definition import MAX_HINTS, VERDICTS
from course_packs.tasks.mistakes import KINDS as MISTAKE_KINDS
from course_packs.tasks.mistakes import SEVERITIES

Schema = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_LANGUAGE: Final = "^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$"
_SLUG: Final[Schema] = {"type": ["string", "integer"], "pattern": f"^{SLUG.pattern}$", "maxLength": MAX_SLUG}
_ADDRESS: Final[Schema] = {"type": "string", "pattern": "^https?://"}
_POSITIVE: Final[Schema] = {"type": "number", "exclusiveMinimum": 0}

_BETWEEN: Final = re.compile(r"^(\d+)–(\d+) ")
_NUMBER: Final = re.compile(r"^(\d+)–(\d+)(?= \(|:|$)")
_WORDS: Final = re.compile(r"^(\w+(?: \| \w+)+)(?= \(|;|:|$)")


def pack_schemas() -> Mapping[str, Schema]:
    """File name → schema: of `pack.yaml`, of `unit.yaml`, of `tasks.yaml`."""
    return {
        "pack.schema.json": _pack(),
        "unit.schema.json": _unit(),
        "tasks.schema.json": _tasks(),
    }


def schema_text(schema: Schema) -> str:
    """A schema as the text of its file."""
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _document(name: str, title: str, schema: Schema) -> Schema:
    definitions = {"text": _text(), "slug": _SLUG, "mistake": _mistake(), "competences": _competences()}
    return {"$schema": DIALECT, "$id": name, "title": title, **schema, "$defs": definitions}


def _object(properties: Schema, required: tuple[str, ...] = (), **more: Any) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
        **more,
    }


def _ref(name: str, description: str = "") -> Schema:
    return {"$ref": f"#/$defs/{name}", **({"description": description} if description else {})}


def _list(items: Schema, low: int = 1, high: int | None = None, **more: Any) -> Schema:
    return {"type": "array", "items": items, "minItems": low, **({"maxItems": high} if high else {}), **more}


def _text() -> Schema:
    words = {"type": ["string", "number", "boolean"]}
    return {
        "description": "One string in the pack's main language, or a string for each language.",
        "anyOf": [words, {"type": "object", "propertyNames": {"pattern": _LANGUAGE}, "additionalProperties": words}],
    }


def _mistake() -> Schema:
    return _object(
        {"kind": {"enum": list(MISTAKE_KINDS)}, "severity": {"enum": list(SEVERITIES)}, "note": _ref("text")},
        ("kind", "severity"),
    )


def _competences() -> Schema:
    pattern = "^(" + "|".join(re.escape(key) for key in COMPETENCES) + rf"|{DIGITAL}\.{SLUG.pattern})$"
    named = " · ".join(f"{key} {title['en']}" for key, title in COMPETENCES.items())
    return {
        "description": f"Numbers of the competence model, with weights if they differ: {named}",
        "anyOf": [
            _list({"anyOf": [{"type": "number"}, {"type": "string", "pattern": pattern}]}, high=30),
            {"type": "object", "propertyNames": {"pattern": pattern}, "additionalProperties": _POSITIVE},
        ],
    }


def _pack() -> Schema:
    grade = {"type": ["integer", "string"]}
    properties: Schema = {
        "format": {"const": FORMAT},
        "id": _ref("slug"),
        "kind": {"enum": list(KINDS)},
        "languages": _list({"type": "string", "pattern": _LANGUAGE}, high=10, uniqueItems=True),
        "title": _ref("text"),
        "summary": _ref("text"),
        "minutes": {"type": "integer", "minimum": 1, "maximum": 6000},
        "units": _list(_ref("slug"), uniqueItems=True),
        "sources": _list(
            _object({"title": _ref("text"), "url": _ADDRESS, "note": _ref("text")}, ("title",)), low=0, high=100
        ),
        "grading": _object(
            {
                "pass_mark": {"type": "number", "minimum": 0, "maximum": 100},
                "attempts": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 1000}, {"const": "unlimited"}]},
                "attempt_grade": {"enum": list(ATTEMPT_GRADES)},
            }
        ),
        "grades": {"description": "8, 7-9 or [7, 8, 10-11]", "anyOf": [grade, _list(grade, high=7)]},
        "fields": _list({"enum": list(FIELDS)}, high=5, uniqueItems=True),
        "skills": {"type": "object", "propertyNames": _SLUG, "additionalProperties": _ref("text"), "maxProperties": 12},
        "audience": _list({"enum": list(AUDIENCES)}, uniqueItems=True),
        "authors": _list(
            _object(
                {"role": {"enum": list(AUTHOR_ROLES)}, "name": _ref("text"), "organisation": _ref("text")}, ("role",)
            ),
            high=30,
        ),
        "licence": {"type": "string", "maxLength": 100, "description": "An SPDX identifier or a few words."},
        "competences": _ref("competences"),
        "prerequisites": _list(_ref("slug", "The id of a pack to be done before this one."), high=20, uniqueItems=True),
        "completion": {
            "anyOf": [{"enum": ["all-steps", "pass"]}, _object({"units": _list(_ref("slug"))}, ("units",))],
            "description": "When the pack counts as done; without it, with the end of an attempt.",
        },
        "certificate": {"type": "boolean"},
        "lint": _object({"ignore": _list({"enum": list(ADVICE_CODES)})}),
    }
    required = ("format", "id", "kind", "languages", "title", "summary", "minutes", "units")
    return _document("pack.schema.json", "pack.yaml: what a pack is", _object(properties, required))


def _unit() -> Schema:
    page = {"type": "string", "pattern": rf"^{SLUG.pattern}\.md$"}
    properties: Schema = {
        "title": _ref("text"),
        "summary": _ref("text"),
        "minutes": {"type": "integer", "minimum": 1, "maximum": 600},
        "weight": {"type": "number", "minimum": 0, "maximum": 1000},
        "place": {"enum": list(PLACES)},
        "steps": _list(
            {"anyOf": [_object({"read": page}, ("read",)), _object({"task": _ref("slug")}, ("task",))]}, high=200
        ),
    }
    return _document(
        "unit.schema.json", "unit.yaml: a unit", _object(properties, ("title", "summary", "minutes", "steps"))
    )


def _tasks() -> Schema:
    names = type_names()
    task = {
        "type": "object",
        "properties": {"type": {"enum": names}},
        "required": ["type"],
        "allOf": [
            {"if": {"properties": {"type": {"const": name}}, "required": ["type"]}, "then": _ref(f"type-{name}")}
            for name in names
        ],
    }
    schema = _document(
        "tasks.schema.json",
        "tasks.yaml: the tasks of a unit",
        {"type": "object", "propertyNames": _SLUG, "additionalProperties": _ref("task")},
    )
    schema["$defs"] |= {"task": task, **{f"type-{name}": _task_type(name) for name in names}}
    return schema


def _task_type(name: str) -> Schema:
    own = {key: value_schema(said) for key, said in get_type(name).SCHEMA.items() if "/" not in key}
    properties: Schema = {
        "type": {"const": name},
        "prompt": _ref("text", "The question, in Markdown."),
        "points": {"type": "number", "minimum": 0, "maximum": 1000},
        "tries": {"type": "integer", "minimum": 1, "maximum": 5},
        "retry_penalty": {"type": "number", "minimum": 0, "maximum": 1},
        "hint": {
            "description": "Shown on request; several one after the other.",
            "anyOf": [_ref("text"), {"type": "array", "items": _ref("text"), "minItems": 1, "maxItems": MAX_HINTS}],
        },
        "hint_penalty": {"type": "number", "minimum": 0, "maximum": 1},
        "feedback": _object({verdict: _ref("text") for verdict in VERDICTS}),
        "mistake": _ref("mistake"),
        "competences": _ref("competences"),
        **own,
    }
    return _object(properties, ("type", "prompt"))


def value_schema(said: str) -> Schema:
    """What a type says of a key, as a schema: only what is beyond doubt restricts, all of it describes."""
    return {"description": said, **_form(said)}


def _form(said: str) -> Schema:
    if said.startswith("true | false"):
        return {"type": "boolean"}
    if match := _NUMBER.match(said):
        return {"type": "number", "minimum": int(match[1]), "maximum": int(match[2])}
    if match := _BETWEEN.match(said):
        low, high, rest = int(match[1]), int(match[2]), said[match.end() :]
        if re.match(r"× \w+: ", rest):
            return {"type": "object", "minProperties": low, "maxProperties": high}
        return {"type": "array", "minItems": low, "maxItems": high}
    if said.startswith("list of "):
        return {"type": "array"}
    if match := _WORDS.match(said):
        return {"enum": [int(word) if word.isdecimal() else word for word in match[1].split(" | ")]}
    if said == "number" or said.startswith("number:"):
        return {"type": "number"}
    return {}
