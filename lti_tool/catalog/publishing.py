"""Publishing the packs that are installed, quickly when nothing has changed."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from course_packs import compile_pack
from lti_tool.catalog.models import PackRelease, PackSource
from lti_tool.catalog.releases import publish


def publish_installed(session: Session, paths: Iterable[Path]) -> list[PackRelease]:
    """Compile and publish these packs; return the new releases. The caller commits.

    Raises:
        course_packs.PackError: a pack has errors; nothing of it was published.
    """
    known = {source.path: source for source in session.scalars(select(PackSource))}
    releases = []
    for path in paths:
        sign = _sign(path)
        source = known.get(str(path))
        if source is not None and source.sign == sign:
            continue
        release = publish(session, compile_pack(path))
        if release is not None:
            releases.append(release)
        session.merge(PackSource(path=str(path), sign=sign))
    return releases


def _sign(folder: Path) -> str:
    """A sign of a folder's files: names, sizes, times of change."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    stats = ((path.relative_to(folder).as_posix(), path.stat()) for path in files)
    return sha256(repr([(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats]).encode()).hexdigest()
