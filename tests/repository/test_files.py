"""What lies in the repository is short, belongs to no one's machine, and can be read by everybody."""

from __future__ import annotations

import re
import tokenize
from pathlib import Path

import pytest

PACKAGES = ("course_packs", "lti_tool", "mentor_training", "onboarding_course")
LONGEST = 400

# A longer file, and why it is one.
MAY_BE_LONGER = {
    "lti_tool/schema/versions/0001_spine.py": "the first migration makes every table at once, and is never edited",
}

# Written in pieces, so that this file may stand among those it reads.
OF_SOME_MACHINE = [
    re.compile("/" + r"home/\w"),
    re.compile("/" + r"Users/\w"),
    re.compile(r"[A-Z]:\\" + r"Users\\"),
    re.compile("/" + r"root/\w"),
    re.compile(r"(?<![\w.])/" + "work/"),
]
INDEX_HOSTS = ["py" + "pi.org", "python" + "hosted.org", "registry." + "npmjs", "deb." + "debian.org", "test.py" + "pi"]
TEXT = {
    "", ".cfg", ".css", ".editorconfig", ".html", ".ini", ".js", ".json", ".mako", ".md", ".po", ".py", ".sh", ".svg",
    ".toml", ".txt", ".yaml", ".yml",
}  # fmt: skip
SCHEMA = "lti_tool/schema/"
THIRD_PARTY = ("lti_tool/web/static/vendor/", "lti_tool/web/static/licences/")


@pytest.fixture(scope="module")
def texts(tracked: list[Path], root: Path) -> dict[str, str]:
    """Every text file of ours, by its name."""
    files = [path for path in tracked if path.suffix in TEXT and not path.is_symlink()]
    return {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in files}


def test_a_module_is_short_enough_to_be_read_at_once(texts: dict[str, str]) -> None:
    lengths = {name: texts[name].count("\n") for name in texts if _is_module(name)}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST and name not in MAY_BE_LONGER} == {}


def test_each_exception_still_has_to_be_one(texts: dict[str, str]) -> None:
    assert [name for name in MAY_BE_LONGER if texts.get(name, "").count("\n") <= LONGEST] == []


def test_no_file_names_a_folder_of_somebodys_machine(texts: dict[str, str]) -> None:
    assert [name for name, text in texts.items() for pattern in OF_SOME_MACHINE if pattern.search(text)] == []


def test_no_file_names_the_host_of_a_package_index(texts: dict[str, str]) -> None:
    assert [(name, host) for name, text in texts.items() for host in INDEX_HOSTS if host in text] == []


def test_lines_end_as_unix_ends_them(texts: dict[str, str]) -> None:
    ours = {name: text for name, text in texts.items() if not name.startswith(THIRD_PARTY)}
    assert [name for name, text in ours.items() if "\r" in text] == []
    assert [name for name, text in ours.items() if text and not text.endswith("\n")] == []


def test_every_module_says_what_it_is_for_and_leaves_no_note_to_itself(texts: dict[str, str], root: Path) -> None:
    notes = re.compile(r"#\s*(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
    modules = [name for name in texts if _is_module(name) and not name.startswith(SCHEMA)]
    assert [name for name in modules if notes.search(texts[name])] == []
    assert [name for name in modules if texts[name].strip() and not _begins_with_a_docstring(root / name)] == []


@pytest.mark.parametrize("name", ["utils.py", "helpers.py", "manager.py", "base_service.py", "misc.py", "common.py"])
def test_a_module_is_named_after_what_it_does(name: str, tracked: list[Path], root: Path) -> None:
    paths = [str(path.relative_to(root)) for path in tracked if path.name == name]
    assert [path for path in paths if path.startswith(PACKAGES)] == []


def test_scripts_can_be_started(root: Path) -> None:
    scripts = [*(root / "tools").glob("*.sh"), root / ".ci" / "run"]
    assert [script.name for script in scripts if not script.stat().st_mode & 0o100] == []


def _is_module(name: str) -> bool:
    return name.endswith(".py") and name.startswith(PACKAGES)


def _begins_with_a_docstring(path: Path) -> bool:
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type not in {tokenize.ENCODING, tokenize.COMMENT, tokenize.NL}:
                return token.type == tokenize.STRING
    return False
