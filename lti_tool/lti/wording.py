"""Words for what goes wrong at the door: what happened, what is safe, what to do."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString


@dataclass(frozen=True, slots=True)
class Words:
    """The four sentences of an error page."""

    title: LazyString
    happened: LazyString
    safe: LazyString
    next: LazyString


_NOTHING_LOST = _("Nothing you have done here is lost.")
_AGAIN = _("Go back to the course and open the activity again.")
_TELL = _("If it happens again, give your teacher or administrator the code below.")
_ADMIN = _("Give the administrator of your platform the code below.")

PAGES = {
    "malformed": Words(
        _("The platform's message could not be read"),
        _("Your learning platform sent a message that is incomplete or not meant for us."),
        _NOTHING_LOST,
        _TELL,
    ),
    "unsupported": Words(
        _("This kind of message is not served here"),
        _("Your learning platform asked for something this tool does not do."),
        _NOTHING_LOST,
        _ADMIN,
    ),
    "no_subject": Words(
        _("The platform did not say who you are"),
        _("Without an id of the person we could not keep your answers or send your grade, so we do not begin."),
        _NOTHING_LOST,
        _("The administrator can allow the platform to send the user's id; a name is not needed."),
    ),
    "unknown_platform": Words(
        _("We do not know this platform yet"),
        _("The address that opened this page is not registered with the lyceum's tool, or it was switched off."),
        _NOTHING_LOST,
        _ADMIN,
    ),
    "pending_platform": Words(
        _("This connection awaits its approval"),
        _("Your platform has registered with the lyceum's tool. The tool's operator looks at each new one before use."),
        _("Nothing more has to be done in the platform; what was set up there stays."),
        _("Try again a little later. If it takes longer than a day, write to whoever sent you the invitation link."),
    ),
    "unknown_deployment": Words(
        _("This connection is waiting for approval"),
        _("The platform is known, but this deployment of the tool has not been approved yet."),
        _NOTHING_LOST,
        _ADMIN,
    ),
    "stale": Words(
        _("This page was open for too long"),
        _("Opening an activity takes a few seconds; this one was begun more than ten minutes ago or elsewhere."),
        _NOTHING_LOST,
        _AGAIN,
    ),
    "spent": Words(
        _("This page has been opened already"),
        _("Each opening works once, so that nobody can use yours. The page was reloaded or sent twice."),
        _NOTHING_LOST,
        _AGAIN,
    ),
    "cookies": Words(
        _("The browser did not bring back its pass"),
        _("To be sure that it is you, we give the browser a small pass (a cookie) and it was not returned."),
        _NOTHING_LOST,
        _("Open the activity again. If that does not help, allow cookies for this site or try another browser."),
    ),
    "storage": Words(
        _("The platform's page did not give back the pass"),
        _("This browser keeps no cookies here, so the pass was left with the platform, and it is not there any more."),
        _NOTHING_LOST,
        _("Open the activity again from the course. If that does not help, allow cookies or try another browser."),
    ),
    "untrusted": Words(
        _("We could not make sure that this comes from your platform"),
        _("The signature or the details of the message do not fit the platform that it speaks for."),
        _("Nobody was let in, and nothing you have done here is lost."),
        _("Open the activity again from the course. If it happens again, give the administrator the code below."),
    ),
    "clock": Words(
        _("The clocks do not agree"),
        _("The message says it was made at a time that is too far from ours."),
        _NOTHING_LOST,
        _("Open the activity again. If it happens again, the administrator should check the server's clock."),
    ),
    "keys_unreachable": Words(
        _("The platform does not answer"),
        _("We could not fetch the key with which your platform signs its messages."),
        _NOTHING_LOST,
        _("Wait a minute and open the activity again."),
    ),
    "login_required": Words(
        _("You are not signed in to the platform"),
        _("Your learning platform says that you are signed out; perhaps the session ended."),
        _NOTHING_LOST,
        _("Sign in to the platform and open the activity again."),
    ),
    "platform_error": Words(
        _("The platform did not let you through"),
        _("Your learning platform stopped the opening of this activity."),
        _NOTHING_LOST,
        _("Open the activity again from the course. If it happens again, give the administrator the code below."),
    ),
    "visit_ended": Words(
        _("This visit has ended"),
        _("A page stays open for half a day, in the window in which it was opened from the course."),
        _("All your answers are kept."),
        _AGAIN,
    ),
    "insecure_return": Words(
        _("The platform wants the choice back over an open line"),
        _("The address for the answer does not begin with https, so anybody on the way could read or change it."),
        _("Nothing was sent, and nothing in the course has changed."),
        _ADMIN,
    ),
    "picking_ended": Words(
        _("The choosing was open for too long"),
        _("The choice of material stays open for half a day, in the window in which the course opened it."),
        _("Nothing in the course has changed."),
        _("Close this window and open the choice of material from the course once more."),
    ),
    "foreign_pack": Words(
        _("This material belongs to another school"),
        _("The link in the course names a pack that its owner has not published for your school."),
        _("Nobody's work is touched."),
        _("The teacher can choose other material: edit the activity in the course and choose anew."),
    ),
    "not_allowed": Words(
        _("This page is not for your role"),
        _("In this course you do not have the right to open it."),
        _NOTHING_LOST,
        _("If you need it, ask the teacher of the course."),
    ),
    "form_expired": Words(
        _("The page was not fresh any more"),
        _("We could not be sure that the form was sent by this very page, so it was not accepted."),
        _("Answers given before are kept."),
        _("Reload the page and try again."),
    ),
}
