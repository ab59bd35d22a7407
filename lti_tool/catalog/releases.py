"""Publishing packs, and finding what was published."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from uuid import UUID

from flask import current_app
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, defer

from course_packs import CompiledPack
from course_packs.format.fields import is_slug
from lti_tool.catalog.models import PackRelease
from lti_tool.clock import now


class ForeignPack(LookupError):
    """The pack belongs to another school."""


def publish(session: Session, pack: CompiledPack, *, school_id: UUID | None = None) -> PackRelease | None:
    """Publish a pack as a new release; return it, or None when this very content is published already.

    ``school_id``: the school whose own pack it is; None publishes it for everybody.

    Raises:
        ForeignPack: somebody else has published under this id.
    """
    last = newest_release(session, pack.id)
    if last is not None and last.school_id != school_id:
        raise ForeignPack(pack.id)
    known = session.scalar(
        select(PackRelease.id).where(PackRelease.pack_id == pack.id, PackRelease.digest == pack.digest)
    )
    if known is not None:
        return None
    release = PackRelease(
        pack_id=pack.id,
        school_id=school_id,
        number=(last.number if last is not None else 0) + 1,
        digest=pack.digest,
        kind=pack.kind,
        title=dict(pack.title),
        summary=dict(pack.summary),
        languages=list(pack.languages),
        minutes=pack.minutes,
        task_count=len(pack.tasks),
        grades=list(pack.grades),
        fields=list(pack.fields),
        skills={key: dict(title) for key, title in pack.skills.items()},
        units=[dict(unit.title) for unit in pack.units],
        place=next((unit.place for unit in pack.units if unit.place), None),
        document=pack.to_json(),
    )
    session.add(release)
    session.flush()
    return release


def withdraw(session: Session, pack_id: str, *, number: int | None = None, undo: bool = False) -> list[PackRelease]:
    """Offer a release of a pack no more (None: all of them), or again; return those for which that is news.

    Attempts that were begun go on, activities where it stands stay, results stay readable. The caller commits.

    Raises:
        LookupError: there is no such release.
    """
    query = select(PackRelease).options(defer(PackRelease.document)).where(PackRelease.pack_id == pack_id)
    found = session.scalars(query if number is None else query.where(PackRelease.number == number)).all()
    if not found:
        raise LookupError(pack_id if number is None else f"{pack_id}, release {number}")
    changed = [release for release in found if (release.withdrawn_at is None) is not undo]
    for release in changed:
        release.withdrawn_at = None if undo else now()
    return changed


def newest_release(session: Session, pack_id: str) -> PackRelease | None:
    """Return the newest release of a pack, withdrawn or not, without its document."""
    return session.scalar(_newest(pack_id))


def find_release(session: Session, pack_id: str, *, school_id: UUID) -> PackRelease | None:
    """Return the newest release of a pack that is offered to a school, without its document; None: there is none.

    Raises:
        ForeignPack: it is another school's own.
    """
    if not is_slug(pack_id):
        return None
    release = session.scalar(_newest(pack_id).where(PackRelease.withdrawn_at.is_(None)))
    if release is not None and release.school_id not in (None, school_id):
        raise ForeignPack(pack_id)
    return release


def _newest(pack_id: str) -> Select[PackRelease]:
    return (
        select(PackRelease)
        .options(defer(PackRelease.document))
        .where(PackRelease.pack_id == pack_id)
        .order_by(PackRelease.number.desc())
        .limit(1)
    )


def place_of(session: Session, release_id: UUID) -> str | None:
    """Return the place that stands for a release, if it names one.

    Raises:
        LookupError: there is no such release.
    """
    row = session.execute(select(PackRelease.place).where(PackRelease.id == release_id)).one_or_none()
    if row is None:
        raise LookupError(f"release {release_id} does not exist")
    return str(row.place) if row.place else None


def newest_releases(session: Session) -> Sequence[PackRelease]:
    """Return the newest release of every pack that is offered, without documents, by pack id."""
    offered = select(PackRelease.pack_id, func.max(PackRelease.number)).where(PackRelease.withdrawn_at.is_(None))
    newest = offered.group_by(PackRelease.pack_id).subquery()
    return session.scalars(
        select(PackRelease)
        .options(defer(PackRelease.document))
        .join(newest, (PackRelease.pack_id == newest.c[0]) & (PackRelease.number == newest.c[1]))
        .order_by(PackRelease.pack_id)
    ).all()


class Packs:
    """Compiled packs by release. A release never changes, so what this process read once it keeps."""

    def __init__(self, size: int = 64) -> None:
        self._kept: OrderedDict[UUID, CompiledPack] = OrderedDict()
        self.size = size
        self._lock = Lock()

    def get(self, session: Session, release_id: UUID) -> CompiledPack:
        """Return the pack of a release; one query when this process has not read it lately.

        Raises:
            LookupError: there is no such release.
        """
        with self._lock:
            if release_id in self._kept:
                self._kept.move_to_end(release_id)
                return self._kept[release_id]
        document = session.scalar(select(PackRelease.document).where(PackRelease.id == release_id))
        if document is None:
            raise LookupError(f"release {release_id} does not exist")
        pack = CompiledPack.from_json(document)
        with self._lock:
            self._kept[release_id] = pack
            while len(self._kept) > self.size:
                self._kept.popitem(last=False)
        return pack


def current_packs() -> Packs:
    """Return the packs of the running application."""
    packs: Packs = current_app.extensions["lyceum.packs"]
    return packs
