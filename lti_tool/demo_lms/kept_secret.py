"""Secrets made at the first start and kept in a file that only the owner may read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def kept_secret(path: Path, make: bytes | None = None) -> bytes:
    """The bytes in ``path``; ``make`` (or 32 random bytes, in hex) is written there first if there is no file."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        content = make if make is not None else secrets.token_hex(32).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    # A whole file or none: a start cut short must not leave half a key behind.
    unfinished.replace(path)
    return content
