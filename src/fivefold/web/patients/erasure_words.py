"""What stands against an erasure, and why a step does not fit, in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fivefold.services.operations.erasure import Hindrance
from fivefold.web.ui.templatetags.ui import day

MISFITS = {
    "not_yet": gettext_lazy("This day is still to come. Enter the day on which the request was received."),
    "asked": gettext_lazy("A request is open already, and the time to answer it counts from its own day. Note first what became of it."),
    "not_asked": gettext_lazy("No request is open. Note first that the person asked, and on which day."),
    "decided": gettext_lazy("The erasure is decided already. It can be carried out, or the decision taken back."),
    "not_decided": gettext_lazy("No erasure is decided, so that there is nothing to take back."),
    "not_held": gettext_lazy("No legal hold lies on this record, so that there is nothing to lift."),
    "review": gettext_lazy("A legal hold is looked at again on a day to come. Leave this empty, or enter a later day."),
}


def hindrance_words(one: Hindrance) -> str:
    """One sentence: what stands against it, whose it is, and what to do next."""
    values = {"day": day(one.on), "who": one.who, "why": one.why}
    if one.code == "held":
        if not one.who:
            return _("A legal hold lies on it, and who set it was not noted. A lead can lift it, with a reason.")
        return _("A legal hold lies on it, set on %(day)s by %(who)s (“%(why)s”). A lead has to lift it first, with a reason.") % values
    if one.code == "kept":
        return _("The duty to keep it lasts until %(day)s.") % values
    if one.code == "same_person":
        return _("%(who)s decided it on %(day)s. Somebody else who leads this clinic carries it out, so that two people have looked at it.") % values
    if one.code == "wait":
        return _("You decided it, and nobody else leads this clinic. Carry it out on %(day)s or later; or let a second lead carry it out before.") % values
    if one.code == "open":
        return _("Care has not ended; end it first.")
    return _("Nobody has decided that it is to be erased; note the decision first. It is possible when nothing else stands against it.")
