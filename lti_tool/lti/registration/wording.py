"""Words for what goes wrong while a platform is being connected; the reader is the school's administrator."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from lti_tool.lti.wording import Words

_NOTHING_CHANGED = _("Nothing was changed, neither here nor in your LMS, and the invitation is still good.")
_NEW_LINK = _("Ask whoever sent you the link for a new one.")
_TELL = _("If it stays so, send the code below to whoever gave you the link, or connect by hand.")

PAGES = {
    "invitation_unknown": Words(
        _("We do not know this invitation"),
        _("The link is incomplete, or it was never one of ours."),
        _("Nothing was changed, neither here nor in your LMS."),
        _("Copy the whole link from the message once more. If that does not help, ask for a new one."),
    ),
    "invitation_expired": Words(
        _("This invitation has expired"),
        _("An invitation is good for some days only, so that a forgotten message opens nothing."),
        _("Nothing was changed, neither here nor in your LMS."),
        _NEW_LINK,
    ),
    "invitation_used": Words(
        _("This invitation has been used"),
        _("An invitation connects one LMS, once. With this one it was done, or a newer one took its place."),
        _("What it connected goes on working."),
        _("To connect another LMS or to renew a connection, ask whoever sent you the link for a new one."),
    ),
    "connection_over": Words(
        _("This page was open for too long"),
        _("A connection that was begun must be confirmed within half an hour, in the browser that began it."),
        _NOTHING_CHANGED,
        _("Close this page and paste the link into your LMS once more."),
    ),
    "not_confirmed": Words(
        _("The confirmation did not arrive whole"),
        _("We could not be sure that the button was pressed on our page, in your browser."),
        _NOTHING_CHANGED,
        _("Close this page, paste the link into your LMS once more and allow cookies for this site."),
    ),
    "configuration_address": Words(
        _("The address of the LMS cannot be used"),
        _("Your LMS named the address of its settings, and it is missing, not https, or leads to another site."),
        _NOTHING_CHANGED,
        _("Open the LMS itself by https and try again. An LMS without https can only be connected by hand."),
    ),
    "configuration_private": Words(
        _("The LMS stands inside a private network"),
        _("The name of your LMS leads to an address inside a private network; we do not call such addresses unasked."),
        _NOTHING_CHANGED,
        _("Send the code below to whoever gave you the link: your network has to be allowed, or connect by hand."),
    ),
    "configuration_unreachable": Words(
        _("The LMS does not answer us"),
        _("We tried to read the settings of your LMS and got no answer within ten seconds, or a refusal."),
        _NOTHING_CHANGED,
        _("See that your LMS can be opened from the Internet, and try again."),
    ),
    "configuration_unreadable": Words(
        _("The settings of the LMS cannot be read"),
        _("At the address that your LMS named stands something else than its settings."),
        _NOTHING_CHANGED,
        _TELL,
    ),
    "issuer_mismatch": Words(
        _("The LMS calls itself by another name"),
        _("The issuer in its settings is not of the site that they were read from, so we cannot believe them."),
        _NOTHING_CHANGED,
        _("Open the LMS by its main address (in Moodle: wwwroot) and paste the link there."),
    ),
    "configuration_incomplete": Words(
        _("The LMS lacks something that LTI 1.3 needs"),
        _("An address is missing in its settings, or signatures by RS256 with private_key_jwt are."),
        _NOTHING_CHANGED,
        _TELL,
    ),
    "refused": Words(
        _("The LMS did not register the tool"),
        _("We asked it as it wanted to be asked, and it refused."),
        _NOTHING_CHANGED,
        _TELL,
    ),
    "token_refused": Words(
        _("The LMS did not take its own pass"),
        _("The pass that your LMS gave us for the registration has expired or was used already; it works once."),
        _NOTHING_CHANGED,
        _("Close this page and paste the link into your LMS once more: it will give a new pass."),
    ),
    "answer_unreadable": Words(
        _("The answer of the LMS cannot be read"),
        _("Perhaps it has registered the tool, but it did not tell us under which id."),
        _("Nothing was stored here, and the invitation is still good."),
        _("If the tool stands in the list of your LMS, delete it there; then paste the link once more."),
    ),
    "answer_missing": Words(
        _("The LMS did not answer in time"),
        _("We sent the registration and waited ten seconds. Perhaps it was made, perhaps not."),
        _("Nothing was stored here, and the invitation is still good."),
        _("If the tool stands in the list of your LMS, delete it there; then paste the link once more."),
    ),
    "foreign_registration": Words(
        _("This connection belongs to another school"),
        _("The LMS answered with a registration that we know already, and it is another school's."),
        _("That connection was not touched, and the invitation is still good."),
        _("Register the tool as a new one, or ask for an invitation of the school that it belongs to."),
    ),
}
