"""Type and size of raster pictures, read from their first bytes.

Sources: PNG (ISO/IEC 15948) §11.2.2 IHDR; JPEG (ITU-T T.81) §B.2.2 frame header; WebP container and VP8, VP8L
bitstream headers (RFC 9649 §2.5–2.7, §3.4; RFC 6386 §9.1).
"""

from __future__ import annotations

from struct import unpack_from

# Start-of-frame markers: all of FFC0–FFCF but the tables (C4, CC) and the reserved C8.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})


def media_type_of(data: bytes) -> str | None:
    """`image/png`, `image/jpeg` or `image/webp` by the magic bytes; None for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return None


def raster_size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG, JPEG or WebP; None when the file is broken or cut short."""
    readers = {"image/png": _png_size, "image/jpeg": _jpeg_size, "image/webp": _webp_size}
    reader = readers.get(media_type_of(data) or "")
    size = None if reader is None else reader(data)
    return size if size is not None and min(size) > 0 else None


def _png_size(data: bytes) -> tuple[int, int] | None:
    if len(data) < 24 or data[12:16] != b"IHDR":
        return None
    width, height = unpack_from(">II", data, 16)
    return width, height


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    position = 2
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            return None
        marker = data[position + 1]
        if marker == 0xFF:  # fill byte before a marker (T.81 §B.1.1.2)
            position += 1
        elif marker in _STANDALONE:
            position += 2
        elif marker in _FRAMES:
            if position + 9 > len(data):
                return None
            height, width = unpack_from(">HH", data, position + 5)
            return width, height
        else:
            position += 2 + max(2, unpack_from(">H", data, position + 2)[0])
    return None


def _webp_size(data: bytes) -> tuple[int, int] | None:
    chunk = data[12:16]
    if chunk == b"VP8X" and len(data) >= 30:
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if chunk == b"VP8L" and len(data) >= 25 and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 " and len(data) >= 30 and data[23:26] == b"\x9d\x01\x2a":
        width, height = unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None
