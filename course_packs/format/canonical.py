"""Canonical JSON of a compiled pack, out and in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from course_packs.format.fields import decimal_text
from course_packs.format.model import (
    Author,
    CompiledPack,
    Completion,
    Grading,
    Media,
    Mistake,
    Source,
    Step,
    Task,
    Text,
    Unit,
)

FORMAT = 1


def dump(pack: CompiledPack) -> str:
    """The one JSON text of this pack; see `CompiledPack.to_json`."""
    data = {
        "format": pack.format,
        "id": pack.id,
        "kind": pack.kind,
        "languages": list(pack.languages),
        "title": pack.title,
        "summary": pack.summary,
        "minutes": pack.minutes,
        "sources": [
            _present({"title": source.title, "url": source.url, "note": source.note}) for source in pack.sources
        ],
        "grading": {
            "pass_mark": decimal_text(pack.grading.pass_mark),
            "attempts": pack.grading.attempts,
            "attempt_grade": pack.grading.attempt_grade,
        },
        "units": [_dump_unit(unit) for unit in pack.units],
        "media": [
            {"path": media.path, "media_type": media.media_type, "data_base64": media.data_base64}
            for media in pack.media
        ],
        # Left out when empty: packs that say nothing of this keep the digest they had before it could be said.
        **({"grades": list(pack.grades)} if pack.grades else {}),
        **({"fields": list(pack.fields)} if pack.fields else {}),
        **({"skills": pack.skills} if pack.skills else {}),
        **_dump_about(pack),
    }
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _dump_about(pack: CompiledPack) -> dict[str, Any]:
    completion = pack.completion
    said = {
        "audience": list(pack.audience),
        "authors": [
            _present({"role": one.role, "name": one.name, "organisation": one.organisation}) for one in pack.authors
        ],
        "licence": pack.licence,
        "competences": _dump_weights(pack.competences),
        "prerequisites": list(pack.prerequisites),
        "completion": None if completion is None else {"rule": completion.rule, "units": list(completion.units)},
        "certificate": pack.certificate,
    }
    return {key: value for key, value in said.items() if value}


def _dump_weights(weights: Mapping[str, Decimal]) -> dict[str, str]:
    return {key: decimal_text(weight) for key, weight in weights.items()}


def _load_weights(data: Mapping[str, str]) -> dict[str, Decimal]:
    return {key: Decimal(weight) for key, weight in data.items()}


def _present(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}


def _dump_unit(unit: Unit) -> dict[str, Any]:
    return _present(
        {
            "id": unit.id,
            "title": unit.title,
            "summary": unit.summary,
            "minutes": unit.minutes,
            "weight": decimal_text(unit.weight),
            "place": unit.place,
            "steps": [
                _present(
                    {
                        "id": step.id,
                        "kind": step.kind,
                        "title": step.title,
                        "html": step.html,
                        "task": None if step.task is None else _dump_task(step.task),
                    }
                )
                for step in unit.steps
            ],
        }
    )


def _dump_task(task: Task) -> dict[str, Any]:
    return _present(
        {
            "id": task.id,
            "type": task.type,
            "points": decimal_text(task.points),
            "tries": task.tries,
            "retry_penalty": decimal_text(task.retry_penalty),
            "prompt": task.prompt,
            # As it was before there could be several, and a price: such packs keep their digest.
            "hint": task.hint if len(task.hints) == 1 else None,
            "hints": list(task.hints) if len(task.hints) > 1 else None,
            "hint_penalty": decimal_text(task.hint_penalty) if task.hint_penalty else None,
            "feedback": task.feedback,
            "mistake": None if task.mistake is None else dump_mistake(task.mistake),
            "competences": _dump_weights(task.competences) or None,
            "spec": task.spec,
        }
    )


def dump_mistake(mistake: Mistake) -> dict[str, Any]:
    """A mistake as JSON-safe data, for a task type's spec."""
    return {"kind": mistake.kind, "severity": mistake.severity, "note": dict(mistake.note)}


def load_mistake(data: Mapping[str, Any]) -> Mistake:
    """The inverse of `dump_mistake`."""
    return Mistake(kind=data["kind"], severity=data["severity"], note=data["note"])


def load(text: str) -> CompiledPack:
    """Read canonical JSON; see `CompiledPack.from_json`."""
    try:
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise ValueError("not a compiled pack of format 1")
        return _load_pack(_in_language_order(data, tuple(data["languages"])))
    except (KeyError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"not a compiled pack: {error!r}") from error


def _in_language_order(value: Any, languages: Sequence[str]) -> Any:
    """Put the main language first again in every text: sorted keys lost that order, and `pick` falls back on it."""
    if isinstance(value, list):
        return [_in_language_order(item, languages) for item in value]
    if not isinstance(value, dict):
        return value
    if value and all(key in languages for key in value):
        return {language: _in_language_order(value[language], languages) for language in languages if language in value}
    return {key: _in_language_order(item, languages) for key, item in value.items()}


def _load_pack(data: Mapping[str, Any]) -> CompiledPack:
    grading = data["grading"]
    return CompiledPack(
        format=data["format"],
        id=data["id"],
        kind=data["kind"],
        languages=tuple(data["languages"]),
        title=data["title"],
        summary=data["summary"],
        minutes=data["minutes"],
        sources=tuple(Source(entry["title"], entry.get("url"), entry.get("note")) for entry in data["sources"]),
        grading=Grading(Decimal(grading["pass_mark"]), grading["attempts"], grading["attempt_grade"]),
        units=tuple(_load_unit(entry) for entry in data["units"]),
        media=tuple(Media(entry["path"], entry["media_type"], entry["data_base64"]) for entry in data["media"]),
        grades=tuple(data.get("grades", ())),
        fields=tuple(data.get("fields", ())),
        skills=data.get("skills", {}),
        audience=tuple(data.get("audience", ())),
        authors=tuple(Author(one["role"], one.get("name"), one.get("organisation")) for one in data.get("authors", ())),
        licence=data.get("licence", ""),
        competences=_load_weights(data.get("competences", {})),
        prerequisites=tuple(data.get("prerequisites", ())),
        completion=_load_completion(data.get("completion")),
        certificate=data.get("certificate", False),
    )


def _load_completion(data: Mapping[str, Any] | None) -> Completion | None:
    return None if data is None else Completion(data["rule"], tuple(data["units"]))


def _load_unit(data: Mapping[str, Any]) -> Unit:
    return Unit(
        id=data["id"],
        title=data["title"],
        summary=data["summary"],
        minutes=data["minutes"],
        weight=Decimal(data["weight"]),
        place=data.get("place"),
        steps=tuple(_load_step(entry) for entry in data["steps"]),
    )


def _load_step(data: Mapping[str, Any]) -> Step:
    html: Text | None = data.get("html")
    task = data.get("task")
    return Step(
        id=data["id"],
        kind=data["kind"],
        title=data["title"],
        html=html,
        task=None if task is None else _load_task(task),
    )


def _load_task(data: Mapping[str, Any]) -> Task:
    mistake = data.get("mistake")
    return Task(
        id=data["id"],
        type=data["type"],
        points=Decimal(data["points"]),
        tries=data["tries"],
        retry_penalty=Decimal(data["retry_penalty"]),
        prompt=data["prompt"],
        spec=data["spec"],
        hints=tuple(data.get("hints", [data["hint"]] if "hint" in data else [])),
        feedback=data["feedback"],
        mistake=None if mistake is None else load_mistake(mistake),
        competences=_load_weights(data.get("competences", {})),
        hint_penalty=Decimal(data.get("hint_penalty", "0")),
    )
