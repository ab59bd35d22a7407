"""The authors' reference of task types: ``python tools/authoring.py [--check]``.

Writes ``docs/authoring/tasks.md`` from the pack of examples (``docs/authoring/every-task``, a unit for each type), from
what each type says of its own keys (``SCHEMA``) and from the table of findings; and ``docs/authoring/schema``, the
schemas for editors. ``--check`` changes nothing and ends with 1 when something written there is not so.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from course_packs import TYPES, CompiledPack, Unit, compile_pack
from course_packs.format.codes import TYPE_CODES
from course_packs.format.schema import pack_schemas, schema_text

ROOT: Final = Path(__file__).resolve().parent.parent
EXAMPLES: Final = ROOT / "docs" / "authoring" / "every-task"
PAGE: Final = ROOT / "docs" / "authoring" / "tasks.md"
SCHEMAS: Final = ROOT / "docs" / "authoring" / "schema"
PICTURES: Final = ROOT / "docs" / "authoring" / "pictures"

HEAD: Final = """\
# Типы заданий

Какой тип когда подходит, как он пишется и как выглядит у ученика. Все примеры — один пакет,
[`every-task`](every-task/): его можно проверить, прочесть целиком и опубликовать.

```sh
lyceum-city pack lint docs/authoring/every-task
lyceum-city pack preview docs/authoring/every-task --serve 8010
```

Ключи, общие для всех типов (`prompt`, `points`, `tries`, `retry_penalty`, `hint`, `feedback`, `mistake`), описаны в
[формате пакета](../pack-format.md). Страницу собирает `python tools/authoring.py` из примеров и из кода; тест следит,
чтобы она не отставала. Свой тип: [как его написать](own-task-type.md).

*In English: each type of task, when it fits, its keys and an example that runs. Generated from the pack of examples and
from the code.*
"""


def page() -> str:
    """The whole page."""
    pack = compile_pack(EXAMPLES)
    return "\n".join([HEAD, _contents(pack), *(_section(unit) for unit in pack.units), _findings()])


def _contents(pack: CompiledPack) -> str:
    rows = [f"| [{unit.title['ru']}](#{unit.id}) | {_types(unit)} | {unit.summary['ru']} |" for unit in pack.units]
    return "\n".join(["| Тип | Пишется | Для чего |", "| --- | --- | --- |", *rows, ""])


def _section(unit: Unit) -> str:
    """One type: its name, when it fits, its looks, its keys, its example."""
    folder = EXAMPLES / "units" / unit.id
    about = re.sub(r"^#+ ", "### ", (folder / "about.md").read_text(encoding="utf-8").strip(), flags=re.MULTILINE)
    yaml = (folder / "tasks.yaml").read_text(encoding="utf-8").strip()
    # Pictures of the page are found beside the unit when it is read in the pack, from here by their place in it.
    about = about.replace("](media/", "](every-task/media/")
    parts = [f'<a id="{unit.id}"></a>', f"## {unit.title['ru']}: {_types(unit)}", about, *_pictures(unit)]
    parts += [_keys(name) for name in dict.fromkeys(task.type for task in unit.tasks)]
    parts += [f"`units/{unit.id}/tasks.yaml`", f"```yaml\n{yaml}\n```", ""]
    return "\n\n".join(parts)


def _pictures(unit: Unit) -> Iterator[str]:
    path = PICTURES / f"{unit.id}.png"
    if path.exists():
        yield f"![{unit.title['ru']}: как это видит ученик](pictures/{path.name})"


def _types(unit: Unit) -> str:
    return ", ".join(f"`{name}`" for name in dict.fromkeys(task.type for task in unit.tasks))


def _keys(name: str) -> str:
    rows = [f"| `{key}` | {_cell(value)} |" for key, value in TYPES[name].SCHEMA.items()]
    return "\n".join([f"Ключи `{name}`:", "", "| Ключ | Что может стоять |", "| --- | --- |", *rows])


def _findings() -> str:
    """What the linter may say of single types."""
    severities = {"error": "ошибка", "warning": "предупреждение"}
    rows = [
        f"| {code} | {severities[entry.severity]} | " + " | ".join(_cell(_open(phrase)) for phrase in entry.ru) + " |"
        for code, entry in sorted(TYPE_CODES.items())
    ]
    head = [
        "## Замечания к отдельным типам",
        "",
        "| Код | Строгость | Что не так | Что делать |",
        "| --- | --- | --- | --- |",
    ]
    return "\n".join([*head, *rows, ""])


def _open(phrase: str) -> str:
    """A phrase with its places left open."""
    return re.sub(r"(?<!\{)\{[a-z]+\}(?!\})", "…", phrase.replace("{guess}", "")).replace("{{", "{").replace("}}", "}")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def files() -> dict[Path, str]:
    """All that is made from the code: the page, and the schemas for editors."""
    schemas = {SCHEMAS / name: schema_text(schema) for name, schema in pack_schemas().items()}
    return {PAGE: page(), **schemas}


def main() -> int:
    """Write the files, or compare them."""
    fresh = files()
    if "--check" in sys.argv[1:]:
        return int(any(not path.exists() or path.read_text(encoding="utf-8") != text for path, text in fresh.items()))
    for path, text in fresh.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
