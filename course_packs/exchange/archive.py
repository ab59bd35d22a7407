"""Reading archives from strangers: every limit is checked while a file is unpacked, nothing touches a disk."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final

from course_packs.exchange.report import ExchangeError

MAX_FILES: Final = 2000
MAX_FILE_BYTES: Final = 20_000_000
MAX_TOTAL_BYTES: Final = 100_000_000
MAX_RATIO: Final = 200
"""Above this a file is taken for a bomb; deflate reaches 1032, text seldom more than 20."""
_FREE_BYTES: Final = 100_000  # below it the ratio tells nothing: an empty form compresses well
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_FAULTS: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OverflowError, RuntimeError, OSError,
)  # fmt: skip
"""All that zipfile lets out on broken archives, as fuzzing shows; EOFError and OverflowError included."""


def is_zip(data: bytes) -> bool:
    """Whether the first bytes are those of a ZIP archive."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def read_archive(data: bytes) -> Mapping[str, bytes]:
    """Path → content of every file in the archive.

    Raises ExchangeError for broken and locked archives, unsafe or repeated names, links, too much of anything.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MAX_FILES:
                raise ExchangeError("too-many", limit=MAX_FILES)
            return _unpack(archive, entries)
    except ExchangeError:
        raise
    except _FAULTS as error:
        raise ExchangeError("not-zip", problem=str(error) or type(error).__name__) from None


def _unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    room = MAX_TOTAL_BYTES
    for entry in entries:
        name = _safe_name(entry)
        if name in files:
            raise ExchangeError("zip-repeated", name=name)
        limit = min(MAX_FILE_BYTES, room)
        # The size an archive states is a claim: what counts is what comes out.
        if entry.file_size > limit or entry.file_size > max(_FREE_BYTES, MAX_RATIO * entry.compress_size):
            raise ExchangeError("zip-bomb", name=name)
        with archive.open(entry) as source:
            content = source.read(limit + 1)
        if len(content) > limit:
            raise ExchangeError("zip-bomb", name=name)
        room -= len(content)
        files[name] = content
    return files


def _safe_name(entry: zipfile.ZipInfo) -> str:
    name = entry.filename
    path = PurePosixPath(name)
    if not name.isprintable() or "\\" in name or ":" in name or path.is_absolute() or ".." in path.parts:
        raise ExchangeError("zip-path", name=name)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ExchangeError("zip-link", name=name)
    if entry.flag_bits & 0x1:
        raise ExchangeError("zip-encrypted")
    if entry.compress_type not in _METHODS:
        raise ExchangeError("not-zip", problem=f"compression {entry.compress_type}")
    return path.as_posix()
