"""The way in for a browser that keeps no cookies in a frame: the platform's page keeps the secret.

The platform answers messages of ours (``lti.put_data``, ``lti.get_data``; LTI Client Side postMessages, Platform
Storage), and only to pages of our origin. What is answered here goes to a script of ours and into no cookie, so that
another site can send these requests, but puts nobody into a visit by it (Security Framework §7.3.2: login CSRF).
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g, render_template, request, url_for

from lti_tool.config import current_settings
from lti_tool.db import db
from lti_tool.lti import login, message, states
from lti_tool.lti.entrance import open_launch
from lti_tool.lti.errors import RULES, LaunchError
from lti_tool.lti.pages import Storage, StoragePage
from lti_tool.lti.registrations import Registration, current_store, origin
from lti_tool.lti.visits import Guest, SecretInStorage, open_to
from lti_tool.lti.wording import PAGES

blueprint = Blueprint("storage", __name__, url_prefix="/lti", template_folder="templates")

PARENT = "_parent"
LONGEST_NAME = 255


@blueprint.post("/login/storage")
@open_to(Guest.ANYBODY)
def keep_in_storage() -> dict[str, str]:
    """Give a login whose cookie did not come back another secret, for the platform's storage.

    Returns ``{"key", "secret", "address"}``: what to keep under which key, and where to go when it is kept.
    """
    frame = request.form.get("frame", "")
    if len(frame) > LONGEST_NAME:
        raise LaunchError("parameters", "frame")
    try:
        login_id = UUID(hex=request.form.get("tx", ""))
    except ValueError:
        raise LaunchError("state-unknown") from None
    connection = db.session.connection()
    started = states.by_id(connection, login_id)
    registration = current_store().get(started.platform_id)
    if registration is None:
        raise LaunchError("unknown-platform")
    binding = states.move_to_storage(connection, login_id, frame or PARENT)
    address = login.authentication_request(
        registration,
        started.parameters,
        binding,
        redirect_uri=login.launch_address(current_settings().public_url),
        store=current_store(),
    )
    db.session.commit()
    return {"key": login_key(binding.state), "secret": binding.secret, "address": address}


@blueprint.post("/launch/proof")
@open_to(Guest.ANYBODY)
def prove() -> dict[str, str]:
    """Open the launch that waits for this proof.

    Returns ``{"key", "secret", "address"}``: the visit's secret, the key to keep it under, and the visit's first page.
    """
    session = db.session()
    parameters = {name: request.form.get(name, "") for name in ("state", "proof")}
    opened, started = message.open_waiting(parameters, session=session, store=current_store())
    visit = open_launch(session, opened, started)
    session.commit()
    return {"key": visit_key(visit.visit_id), "secret": visit.secret, "address": visit.address}


def proof_page(registration: Registration, started: states.Login, state: str) -> str:
    """The page that fetches the proof for a launch that waits."""
    g.frame_origins = registration.origins
    kept = Storage(
        origin(registration.auth_url), started.storage_target or PARENT, url_for("storage.prove"), ticket=state
    )
    page = _page(kept, login_key(state), "storage-proof")
    return render_template("lti/from_storage.html", page=page)


def visit_page(error: SecretInStorage) -> str:
    """The empty page of a visit whose secret the platform has: its script fetches the secret, then the page itself.

    Raises:
        LaunchError: "visit-ended" when the platform was switched off.
    """
    registration = current_store().get(error.platform_id)
    if registration is None:
        raise LaunchError("visit-ended")
    g.frame_origins = registration.origins
    if error.return_url:
        g.form_origins = (origin(error.return_url),)
    kept = Storage(origin(registration.auth_url), error.target)
    page = _page(kept, visit_key(error.visit_id), "visit-ended")
    return render_template("lti/from_storage.html", page=page, visit_id=error.visit_id)


def login_key(state: str) -> str:
    """The key under which a login's secret is kept."""
    return f"lti_state_{state}"


def visit_key(visit_id: UUID) -> str:
    """The key under which a visit's secret is kept."""
    return f"lti_visit_{visit_id}"


def _page(kept: Storage, key: str, reason: str) -> StoragePage:
    rule = RULES[reason]
    words = PAGES[rule.page]
    return StoragePage(
        storage=kept,
        key=key,
        code=rule.code,
        title=str(words.title),
        happened=str(words.happened),
        safe=str(words.safe),
        next=str(words.next),
        support_id=g.request_id[-8:].upper(),
    )
