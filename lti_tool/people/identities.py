"""Who a launch brings: the identity of (platform, subject), with a person behind it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from lti_tool.people.models import Identity, Person


def add_identity(
    session: Session,
    *,
    platform_id: UUID,
    subject: str,
    name: str | None,
    locale: str | None,
    test_user: bool,
    anonymous: bool = False,
) -> Identity:
    """Add an identity and the person behind it. A second platform's identity is another person until the person says
    that both are theirs; an e-mail never joins two."""
    identity = Identity(
        platform_id=platform_id,
        person=Person(),
        subject=subject,
        name=name,
        locale=locale,
        test_user=test_user,
        anonymous=anonymous,
    )
    session.add(identity)
    return identity


def refresh_identity(
    identity: Identity, *, name: str | None, locale: str | None, test_user: bool | None = None
) -> None:
    """Take over what a launch says anew. What it keeps to itself (None) does not wipe what is known."""
    if name is not None and name != identity.name:
        identity.name = name
    if locale is not None and locale != identity.locale:
        identity.locale = locale
    if test_user is not None and test_user != identity.test_user:
        identity.test_user = test_user


def shown_name(identity: Identity) -> str:
    """A name to show: the person's own, or a stable sign that tells nameless people apart and reveals nothing."""
    return identity.name or f"№ {identity.id.hex[-5:].upper()}"
