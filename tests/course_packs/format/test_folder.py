"""A pack on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from course_packs import PackError, compile_pack, lint_pack
from course_packs.format import folder
from tests.course_packs.samples import edited, files_with


@pytest.fixture
def pack_path(tmp_path: Path) -> Path:
    return write(tmp_path / "small-pack", files_with())


def write(root: Path, files: dict[str, bytes]) -> Path:
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return root


def test_a_sound_folder_compiles(pack_path: Path) -> None:
    assert lint_pack(pack_path) == []
    assert compile_pack(pack_path).id == "small-pack"


def test_a_broken_folder_is_refused_with_all_its_findings(tmp_path: Path) -> None:
    path = write(tmp_path, files_with(edited("pack.yaml", "kind: course", "kind: x")))
    with pytest.raises(PackError) as caught:
        compile_pack(path, "en")
    assert [one.code for one in caught.value.diagnostics] == ["P011"]
    assert "pack.yaml:3:7: error P011" in str(caught.value)


def test_an_empty_folder_has_no_manifest(tmp_path: Path) -> None:
    assert [one.code for one in lint_pack(tmp_path / "nowhere")] == ["P001"]


def test_hidden_files_are_nobody_s_business(pack_path: Path) -> None:
    write(pack_path, {".git/config": b"x", "units/.DS_Store": b"\xff", "__pycache__/x.pyc": b"x"})
    assert lint_pack(pack_path) == []


def test_links_to_files_and_folders_are_refused(pack_path: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("# Secret\n\nText\n")
    (pack_path / "units/first/intro.md").unlink()
    (pack_path / "units/first/intro.md").symlink_to(secret)
    (pack_path / "units/third").symlink_to(tmp_path)
    found = [(one.file, one.code) for one in lint_pack(pack_path)]
    assert ("units/first/intro.md", "P028") in found
    assert ("units/third", "P028") in found
    assert ("units/first/unit.yaml", "P001") in found


def test_a_pack_larger_than_the_room_for_it_is_reported(pack_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MAX_TOTAL_BYTES", 600)
    assert {"P003"} <= {one.code for one in lint_pack(pack_path)}
