"""``lyceum-city keys``: the tool's own signing keys, and the secret that they are sealed with."""

from __future__ import annotations

from datetime import datetime

import click

from lti_tool.commands import open_app


@click.group()
def keys() -> None:
    """The tool's own signing keys."""


@keys.command("list")
def list_keys() -> None:
    """List the keys that are published, and what each does."""
    from lti_tool.db import db
    from lti_tool.lti import keys as own

    words = {
        own.KeyState.COMING: "signs from {active_from}",
        own.KeyState.SIGNING: "signs since {active_from}",
        own.KeyState.LEAVING: "signs no more, published until {published_until}",
        own.KeyState.UNREADABLE: "cannot be opened: sealed with a secret that is not known here",
    }
    with open_app().app_context():
        ring = own.ring(db.session())
        for key in ring:
            until = _moment(key.published_until) if key.published_until else ""
            said = words[key.state].format(active_from=_moment(key.active_from), published_until=until)
            if key.state is own.KeyState.SIGNING and key.published_until is not None:
                said += f", published until {until}"
            click.echo(f"{key.kid}  {key.state:10}  {said}")
        if not ring:
            raise click.ClickException("there is no key; `lyceum-city setup` makes one")


@keys.command()
@click.option("--now", "at_once", is_flag=True, help="Sign with the new key at once; the old one stays published.")
def rotate(at_once: bool) -> None:
    """Publish a new key. It takes over in a day, when platforms know it; the old one leaves two days later."""
    from lti_tool.db import db
    from lti_tool.lti import keys as own

    with open_app().app_context():
        session = db.session()
        try:
            kid = own.rotate(session, at_once=at_once)
        except own.RotationUnderWay as error:
            raise click.ClickException(f"{error}; --now lets it sign at once") from error
        session.commit()
        (new,) = (key for key in own.ring(session) if key.kid == kid)
    click.echo(f"published: {kid}; signs from {_moment(new.active_from)}")


@keys.command()
@click.argument("kids", metavar="KID...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All keys, also one that is only coming.")
@click.confirmation_option(prompt="Platforms will refuse whatever these keys signed. Withdraw them?")
def withdraw(kids: tuple[str, ...], everything: bool) -> None:
    """Withdraw compromised keys at once: they sign no more and are published no more."""
    from lti_tool.db import db
    from lti_tool.lti import keys as own

    if bool(kids) == everything:
        raise click.UsageError("name the keys to withdraw, or --all")
    with open_app().app_context():
        session = db.session()
        chosen = [key.kid for key in own.ring(session)] if everything else list(kids)
        try:
            signing = own.withdraw(session, chosen)
        except own.UnknownKey as error:
            raise click.ClickException(f"no such key: {error}") from error
        session.commit()
    click.echo(f"withdrawn: {', '.join(chosen)}")
    click.echo(f"signs now: {signing}")
    click.echo("Moodle keeps an old key until it meets a new one: run `lyceum-city platform check --all`.")


@keys.command()
def reseal() -> None:
    """After the secret key was changed: put all that is sealed under the new one (LYCEUM_OLD_SECRET_KEYS)."""
    from lti_tool import jobs
    from lti_tool.db import db
    from lti_tool.lti import sealing

    app = open_app()
    with app.app_context():
        session = db.session()
        done = sealing.reseal(session)
        session.commit()
        jobs.flush(app)  # what stands in the queue is signed with the former secret
    click.echo(f"sealed anew: {done.renewed}")
    if done.lost:
        raise click.ClickException(f"{done.lost} could not be opened with any secret that is known here")


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
