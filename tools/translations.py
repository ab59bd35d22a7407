"""Keep the Russian catalogue of the interface true to the code: ``python tools/translations.py [--check]``.

The texts in the code are English; ``lti_tool/web/translations/ru`` says them in Russian. Without ``--check`` the
catalogue takes up new texts and is compiled; either way the command ends with 1 while a text has no Russian.
"""

from __future__ import annotations

import gettext
import io
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "lti_tool" / "web" / "translations"
KEYWORDS = ("_l", "lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2")

Texts = str | tuple[str, ...] | list[str] | None


def extract(target: Path) -> Catalog:
    """Write every text of code and templates that is meant for people to ``target``, and return them."""
    keywords = [part for keyword in KEYWORDS for part in ("--keyword", keyword)]
    _pybabel(
        "extract", "--mapping", "babel.cfg", "--add-comments", "Translators:", "--sort-by-file",
        "--add-location", "file", "--width", "120", "--project", "lyceum-city", *keywords,
        "--output", str(target), ".",
    )  # fmt: skip
    return load(target)


def load(path: Path) -> Catalog:
    """Read a .po or .pot file."""
    with path.open("rb") as file:
        return read_po(file)


def catalogues() -> list[Path]:
    """Return the .po files of every language there is."""
    return sorted(TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"))


def untranslated(catalogue: Catalog) -> list[Texts]:
    """Return the texts that have no translation, lack a plural form, or carry one nobody has confirmed."""
    return [message.id for message in catalogue if message.id and (message.fuzzy or not _complete(message.string))]


def missing(catalogue: Catalog, template: Catalog) -> list[Texts]:
    """Return the texts of ``template`` that ``catalogue`` has never heard of."""
    return [message.id for message in template if message.id and catalogue.get(message.id, message.context) is None]


def compiled_differs(po: Path) -> bool:
    """Tell whether the .mo file beside ``po`` says something else than it does, or is not there."""
    mo = po.with_suffix(".mo")
    if not mo.exists():
        return True
    fresh = io.BytesIO()
    write_mo(fresh, load(po))
    fresh.seek(0)
    with mo.open("rb") as file:
        return _texts(gettext.GNUTranslations(file)) != _texts(gettext.GNUTranslations(fresh))


def main(arguments: list[str]) -> int:
    """Update (unless ``--check``) and judge all catalogues; return the exit status."""
    check = "--check" in arguments
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / "messages.pot"
        template = extract(pot)
        for po in catalogues():
            name = str(po.relative_to(ROOT))
            if not check:
                _pybabel(
                    "update", "--input-file", str(pot), "--output-file", str(po), "--locale", po.parent.parent.name,
                    "--no-fuzzy-matching", "--ignore-obsolete", "--ignore-pot-creation-date", "--width", "120",
                )  # fmt: skip
                with po.with_suffix(".mo").open("wb") as file:
                    write_mo(file, load(po))
            catalogue = load(po)
            faults += [f"{name}: нет перевода · not translated: {text!r}" for text in untranslated(catalogue)]
            faults += [f"{name}: нет строки · not there: {text!r}" for text in missing(catalogue, template)]
            if compiled_differs(po):
                faults.append(f"{name}: .mo не собран · .mo is not compiled: make translations")
    print("\n".join(faults) if faults else f"✓ {len(template)} строк · texts")
    return 1 if faults else 0


def _complete(texts: Texts) -> bool:
    return texts is not None and bool(texts) and all(texts)


def _texts(translations: gettext.GNUTranslations) -> dict[object, str]:
    # The only place where the standard library keeps them; the entry of the empty key is the header with its dates.
    return {key: text for key, text in translations._catalog.items() if key}  # type: ignore[attr-defined]


def _pybabel(*arguments: str) -> None:
    command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", *arguments]
    subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
