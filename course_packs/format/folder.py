"""A pack's folder, read whole into memory, so that everything after it works on plain bytes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from course_packs.format.diagnostics import START, Report

MAX_FILES: Final = 2000
MAX_FILE_BYTES: Final = 5_000_000
MAX_TOTAL_BYTES: Final = 60_000_000


def read_folder(root: Path, report: Report) -> Mapping[str, bytes]:
    """Relative path (forward slashes) → content, hidden files left out.

    Links are refused: a pack from elsewhere must not pull in files of this machine. Raises OSError when a file cannot
    be opened; a missing folder is an empty one, and the compiler says what is missing in it.
    """
    files: dict[str, bytes] = {}
    room = MAX_TOTAL_BYTES
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for name in sorted([*names, *links]):
            if name.startswith(".") or len(files) >= MAX_FILES:
                continue
            path = Path(folder, name)
            # A name that is no valid UTF-8 must not break the terminal it is reported on.
            relative = path.relative_to(root).as_posix().encode("utf-8", "replace").decode()
            if path.is_symlink() or not path.is_file():
                report.in_file(relative).add("P028", START, name=relative)
                continue
            size = path.stat().st_size
            limit = min(MAX_FILE_BYTES, room)
            if size > limit:
                report.in_file(relative).add("P003", START, size=size // 1000, limit=limit // 1000)
                continue
            room -= size
            files[relative] = path.read_bytes()
    return files
