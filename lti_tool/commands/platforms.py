"""``lyceum-city invite``, ``invitations``, ``platform``: schools and their learning platforms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from marshmallow import ValidationError

from lti_tool.commands import open_app

if TYPE_CHECKING:
    from lti_tool.schools.models import Deployment, Platform

LETTER = """
Send this to the administrator of the school's LMS, by a way that others do not read:

  {link}

  It connects one LMS, once, until {until}.
  Moodle: Site administration → Plugins → Activity modules → External tool → Manage tools;
  paste the link into “Tool URL…”, press “Add LTI Advantage”, confirm on our page, then “Activate”.
  Moodle по-русски: Администрирование → Плагины → Модули элементов курса → Внешний инструмент → Управление
  инструментами; вставить ссылку в поле «URL инструмента…», «Add LTI Advantage», подтвердить, «Активировать».
  Opened in a browser, the link shows the same steps, and those for other systems.
"""


@click.command()
@click.option("--school", "slug", required=True, help="Short name of the school: letters, digits, hyphens.")
@click.option("--title", help="Full name of the school; needed when it is new.")
@click.option("--days", default=14, show_default=True, type=click.IntRange(1, 365))
@click.option("--trusted", is_flag=True, help="What registers itself with this link may be used at once.")
def invite(slug: str, title: str | None, days: int, trusted: bool) -> None:
    """Make an invitation link for a school's LMS. An earlier link of the school that was not used ends."""
    from datetime import timedelta

    from lti_tool.clock import now
    from lti_tool.db import db
    from lti_tool.schools import invitations
    from lti_tool.schools.schemas import SLUG

    if not SLUG.fullmatch(slug):
        raise click.BadParameter("small Latin letters, digits and single hyphens", param_hint="--school")
    app = open_app()
    with app.app_context():
        session = db.session()
        try:
            school = invitations.find_school(session, slug, title)
        except LookupError as error:
            raise click.UsageError(f"{error} is a new school: say its --title") from error
        secret = invitations.invite(session, school, days=days, trusted=trusted)
        session.commit()
        link = f"{app.extensions['lyceum.settings'].public_url}/connect/{secret}"
        click.echo(LETTER.format(link=link, until=f"{now() + timedelta(days=days):%Y-%m-%d}"))
        if not trusted:
            click.echo("When it is done: lyceum-city platform list, then lyceum-city platform approve ID.")


@click.command("invitations")
def list_invitations() -> None:
    """List the invitations, newest first. Their links are not kept and cannot be shown again."""
    from lti_tool.clock import now
    from lti_tool.db import db
    from lti_tool.schools import invitations

    with open_app().app_context():
        for one in invitations.list_invitations(db.session()):
            if one.platform is not None:
                state = f"used for {one.platform.issuer}"
            elif one.used_at is not None:
                state = "ended"
            else:
                state = "open" if one.expires_at > now() else "expired"
            trusted = "  trusted" if one.trusted else ""
            click.echo(
                f"{one.created_at:%Y-%m-%d}  {one.school.slug}  until {one.expires_at:%Y-%m-%d}  {state}{trusted}"
            )


@click.group()
def platform() -> None:
    """Schools' learning platforms."""


@platform.command("add")
@click.option("--school", required=True, help="Short name of the school: letters, digits, hyphens.")
@click.option("--school-title", help="Full name of the school.")
@click.option("--name", required=True, help="Name of the platform.")
@click.option("--issuer", required=True, help="Platform ID, for Moodle its address.")
@click.option("--client-id", required=True)
@click.option("--deployment-id", "deployment_ids", multiple=True, help="May be repeated.")
@click.option("--moodle", is_flag=True, help="The other addresses follow from the issuer, as in Moodle.")
@click.option("--auth-url")
@click.option("--token-url")
@click.option("--jwks-url")
@click.option("--token-audience", help="Only where it differs from the token URL.")
@click.option("--family", help="Product family, e.g. moodle or canvas.")
@click.option("--if-absent", is_flag=True, help="Say nothing and change nothing when it is there already.")
def add_platform(*, moodle: bool, if_absent: bool, **description: Any) -> None:
    """Add a platform by hand."""
    from lti_tool.schools.enrolment import moodle_addresses

    if moodle:
        addresses = moodle_addresses(description["issuer"])
        description.update({name: description[name] or address for name, address in addresses.items()})
        description["family"] = description["family"] or "moodle"
    missing = [name for name in ("auth_url", "token_url", "jwks_url") if not description[name]]
    if missing:
        raise click.UsageError(f"missing: {', '.join('--' + name.replace('_', '-') for name in missing)} (or --moodle)")
    description["deployment_ids"] = list(description["deployment_ids"])
    with open_app().app_context():
        add_described(description, if_absent=if_absent)


def add_described(description: dict[str, Any], *, if_absent: bool) -> None:
    """Add a platform within an application's context; what is wrong with it is told in a line."""
    from lti_tool.db import db
    from lti_tool.schools import enrolment

    try:
        added = enrolment.add_platform(db.session(), description)
    except enrolment.PlatformExists as error:
        if if_absent:
            return
        raise click.ClickException(str(error)) from error
    except ValidationError as error:
        lines = (f"{name}: {' '.join(map(str, messages))}" for name, messages in error.normalized_messages().items())
        raise click.ClickException("; ".join(lines)) from error
    db.session.commit()
    click.echo(f"added: {added.title} ({added.issuer}, client {added.client_id})")


@platform.command("allow-anonymous")
@click.argument("issuer")
@click.option("--client-id", help="Where an issuer has several platforms.")
@click.option("--off", is_flag=True, help="Keep them out again.")
def allow_anonymous(issuer: str, client_id: str | None, off: bool) -> None:
    """Let in launches that do not say who comes: nothing of them is kept or sent."""
    from lti_tool.db import db
    from lti_tool.schools import enrolment

    with open_app().app_context():
        try:
            changed = enrolment.allow_anonymous(db.session(), issuer=issuer, client_id=client_id, allowed=not off)
        except LookupError as error:
            raise click.ClickException(str(error)) from error
        db.session.commit()
        click.echo(f"{changed.title}: launches without a person are {'refused' if off else 'let in'}")


@platform.command("list")
def list_platforms() -> None:
    """List the platforms, with their ids and states."""
    from lti_tool.db import db
    from lti_tool.schools import enrolment

    with open_app().app_context():
        for one in enrolment.list_platforms(db.session()):
            deployments = ", ".join(_deployment(each) for each in one.deployments) or "-"
            state = "" if one.active else f"  ({'waits for approval' if one.state == 'pending' else 'switched off'})"
            names = f"{one.id}  {one.school.slug}  {one.title}  {one.issuer}"
            click.echo(f"{names}  client {one.client_id}  deployments {deployments}{state}")


@platform.command("show")
@click.argument("key", required=False)
def show(key: str | None) -> None:
    """Print what is known of the platform KEY (its id, client id or host); without KEY what to enter in an LMS."""
    app = open_app()
    if key is None:
        url = app.extensions["lyceum.settings"].public_url
        _print(
            {
                "Tool URL / Target link URI": f"{url}/lti/launch",
                "Initiate login URL": f"{url}/lti/login",
                "Redirection URI(s)": f"{url}/lti/launch",
                "Public keyset URL": f"{url}/lti/jwks",
                "Deep linking (content selection) URL": f"{url}/lti/launch",
                "LTI version": "1.3",
                "The same as a page": f"{url}/connect/manual",
            }
        )
        return
    with app.app_context():
        one = _find(key)
        _print(
            {
                "id": one.id,
                "school": f"{one.school.slug}  {one.school.title}",
                "title": one.title,
                "state": one.state,
                "issuer": one.issuer,
                "client id": one.client_id,
                "deployments": ", ".join(_deployment(each) for each in one.deployments) or "-",
                "new deployments": "come in at once" if one.accept_deployments else "wait for approval",
                "authentication": one.auth_url,
                "tokens": one.token_url,
                "keys": one.jwks_url,
                "family": one.family or "-",
                "registered by": one.openid_configuration or "hand",
                "granted scopes": _listed(one.granted_scopes),
                "granted messages": _listed(one.granted_messages),
            }
        )


@platform.command("approve")
@click.argument("key")
@click.option("--deployment", help="Approve only this deployment of a platform that is in use.")
@click.option(
    "--all-deployments", is_flag=True, help="Let deployments that introduce themselves later in at once, too."
)
def approve(key: str, deployment: str | None, all_deployments: bool) -> None:
    """Let people in from the platform KEY (its id, client id or host), and from its deployments that wait."""
    from lti_tool.db import db
    from lti_tool.schools import enrolment

    with open_app().app_context():
        one = _find(key)
        try:
            enrolment.approve(db.session(), one, deployment=deployment, accept_deployments=all_deployments)
        except LookupError as error:
            raise click.ClickException(f"this platform has no deployment {deployment}") from error
        db.session.commit()
        click.echo(f"{one.state}: {one.title} ({one.issuer}, client {one.client_id})")


@platform.command("renew")
@click.argument("key")
def renew(key: str) -> None:
    """Tell the platform KEY (its id, client id or host) anew what this tool is, and take over what it grants now."""
    from lti_tool.db import db
    from lti_tool.lti.registration.errors import RegistrationError
    from lti_tool.schools import connecting
    from lti_tool.schools.views import own_description

    with open_app().app_context():
        one = _find(key)
        try:
            connecting.renew(db.session(), one, own_description())
        except LookupError as error:
            raise click.ClickException(
                "this platform gave no address to renew by: send the school a new invitation"
            ) from error
        except RegistrationError as error:
            raise click.ClickException(f"{error.rule.code} {error} {error.words}".rstrip()) from error
        db.session.commit()
        click.echo(f"granted scopes: {_listed(one.granted_scopes)}")


@platform.command("switch-off")
@click.argument("key")
def switch_off(key: str) -> None:
    """Let nobody in from the platform KEY (its id, client id or host); nothing is deleted."""
    _switch(key, "off")


@platform.command("switch-on")
@click.argument("key")
def switch_on(key: str) -> None:
    """Let people in again from the platform KEY (its id, client id or host)."""
    _switch(key, "active")


def _switch(key: str, state: str) -> None:
    from lti_tool.db import db
    from lti_tool.schools.models import PlatformState

    with open_app().app_context():
        one = _find(key)
        one.state = PlatformState(state)
        db.session.commit()
        click.echo(f"{one.state}: {one.title} ({one.issuer}, client {one.client_id})")


def _find(key: str) -> Platform:
    """The one platform that a key means."""
    from lti_tool.db import db
    from lti_tool.schools import enrolment

    found = enrolment.find_platforms(db.session(), key)
    if len(found) != 1:
        many = "; ".join(f"{one.id} {one.issuer} client {one.client_id}" for one in found)
        raise click.ClickException(f"{key} means several: {many}" if found else f"there is no platform {key}")
    return found[0]


def _deployment(deployment: Deployment) -> str:
    return deployment.deployment_id + ("" if deployment.approved else " (waits)")


def _listed(values: list[Any] | None) -> str:
    return "whatever a launch claims" if values is None else ", ".join(values) or "none"


def _print(lines: dict[str, Any]) -> None:
    width = max(map(len, lines)) + 2
    for label, value in lines.items():
        click.echo(f"{label:{width}} {value}")
