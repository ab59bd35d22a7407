"""Archives that are the same whenever the same is put into them."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Final

Parts = dict[str, bytes]
"""Path → content of an archive."""

_MOMENT: Final = (1980, 1, 1, 0, 0, 0)


def packed(parts: Parts) -> bytes:
    """A ZIP archive, its manifest first."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(parts, key=lambda path: (path != "imsmanifest.xml", path)):
            archive.writestr(zipfile.ZipInfo(path, _MOMENT), parts[path], zipfile.ZIP_DEFLATED)
    return target.getvalue()
