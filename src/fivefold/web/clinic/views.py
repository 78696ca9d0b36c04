"""The clinic's pages: people, instruments, the knowledge in use, settings."""

import uuid
from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fivefold.concepts.errors import FivefoldError, UnknownThing
from fivefold.services import clinic, crisis_contacts, people, releases, sign_in_links
from fivefold.services import instruments as permissions
from fivefold.services.access import Permission
from fivefold.services.patients import NotAcceptable
from fivefold.services.reviews import changes_in_words
from fivefold.web.clinic.forms import ROLE_WORDS, ContactsForm, InviteForm, PermissionForm, ResetForm, RoleForm, SettingsForm
from fivefold.web.limits import limited
from fivefold.web.pages import PageRequest, page, page_number, whole_address

LINK = "link_to_show"
T = TypeVar("T")


def _show(request: HttpRequest, template: str, tab: str, context: dict[str, Any], form: Form | None = None) -> HttpResponse:
    wrong = form is not None and bool(form.errors)
    return render(request, f"clinic/{template}.html", {"part": "clinic", "tab": tab, "form": form, **context}, status=422 if wrong else 200)


def _try(form: Form, act: Callable[[], T], fields: dict[str, str]) -> T | None:
    """Do the act, or write what is wrong beside the field; ``fields`` leads from the service's words to form fields."""
    try:
        return act()
    except NotAcceptable as error:
        form.add_error(fields.get(error.field), str(error))
    except (people.LastOfTheirKind, UnknownThing) as error:
        form.add_error(None, str(error))
    return None


# ---- People --------------------------------------------------------------------------------------------------------------


@page(Permission.SEE_CLINIC)
@require_GET
def overview(request: PageRequest) -> HttpResponseBase:
    """Who works here, with how many patients, and what waits."""
    colleagues, invitations = people.see_people(request.actor)
    numbers = people.clinic_in_numbers(request.actor)
    link = request.session.pop(LINK, None)
    return _show(request, "people", "clinic", {"colleagues": colleagues, "invitations": invitations, "numbers": numbers, "link": link})


@page(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "POST"])
@limited("invite")
def invite(request: PageRequest) -> HttpResponseBase:
    """Invite somebody; the link is shown once on the page that follows."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        token = _try(
            form,
            lambda: people.invite(request.actor, name=sent["name"], email=sent["email"], role=sent["role"]),
            {"E-mail": "email", "Name": "name", "Role": "role"},
        )
        if token is not None:
            return _to_link(request, token, sent["name"])
    return _show(request, "invite", "clinic", {}, form)


def _to_link(request: PageRequest, token: str, name: str) -> HttpResponse:
    request.session[LINK] = {"address": whole_address(request, reverse("join", kwargs={"token": token})), "name": name}
    return redirect("clinic")


@page(Permission.MANAGE_PEOPLE)
@require_POST
def withdraw(request: PageRequest, invitation_id: uuid.UUID) -> HttpResponseBase:
    """Make an invitation worthless."""
    people.withdraw_invitation(request.actor, invitation_id=str(invitation_id))
    messages.success(request, _("The link no longer works."))
    return redirect("clinic")


def _colleague(request: PageRequest, membership_id: int) -> people.Colleague:
    found = next((one for one in people.see_people(request.actor)[0] if one.membership_id == membership_id), None)
    if found is None:
        raise Http404
    return found


@page(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "POST"])
def person(request: PageRequest, membership_id: int) -> HttpResponseBase:
    """One colleague: another role, a new link, the end of their membership."""
    colleague = _colleague(request, membership_id)
    form = RoleForm(request.POST or None, initial={"role": colleague.role})
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data["role"]
        done = _try(form, lambda: people.change_role(request.actor, membership_id=membership_id, role=role), {"Role": "role"})
        if done:
            messages.success(request, _("%(name)s has another role now, from the next click on.") % {"name": colleague.name})
            return redirect("clinic")
    return _show_person(request, colleague, form, ResetForm())


@page(Permission.MANAGE_PEOPLE)
@require_POST
@limited("invite")
def renew(request: PageRequest, membership_id: int) -> HttpResponseBase:
    """A link for a colleague who has lost their password."""
    colleague = _colleague(request, membership_id)
    return _to_link(request, sign_in_links.renew_access(request.actor, membership_id=membership_id), colleague.name)


@page(Permission.MANAGE_PEOPLE)
@require_POST
@limited("invite")
def reset_factor(request: PageRequest, membership_id: int) -> HttpResponseBase:
    """A link for a colleague who has lost their second factor; it takes a reason, and others are told."""
    colleague = _colleague(request, membership_id)
    form = ResetForm(request.POST)
    if not form.is_valid():
        return _show_person(request, colleague, RoleForm(initial={"role": colleague.role}), form)
    token = sign_in_links.reset_second_factor(request.actor, membership_id=membership_id, reason=form.cleaned_data["reason"])
    return _to_link(request, token, colleague.name)


def _show_person(request: PageRequest, colleague: people.Colleague, form: RoleForm, reset: ResetForm) -> HttpResponse:
    context = {"colleague": colleague, "role_words": ROLE_WORDS[colleague.role], "reset": reset}
    answer = _show(request, "person", "clinic", context, form)
    answer.status_code = 422 if form.errors or reset.errors else 200
    return answer


@page(Permission.MANAGE_PEOPLE)
@require_POST
def end(request: PageRequest, membership_id: int) -> HttpResponseBase:
    """Somebody leaves the clinic."""
    colleague = _colleague(request, membership_id)
    form = RoleForm({"role": colleague.role})
    left = _try(form, lambda: people.end_membership(request.actor, membership_id=membership_id), {})
    if left is None:
        return _show_person(request, colleague, form, ResetForm())
    messages.success(request, _("%(name)s no longer works here and reaches nothing any more.") % {"name": colleague.name})
    if left:
        words = ngettext(
            "%(n)d patient has nobody who treats them now: add somebody to the care team.",
            "%(n)d patients have nobody who treats them now: add somebody to their care teams.",
            len(left),
        )
        messages.warning(request, words % {"n": len(left)})
    return redirect("clinic")


# ---- Instruments ---------------------------------------------------------------------------------------------------------


@page(Permission.SEE_CLINIC)
@require_GET
def instruments(request: PageRequest) -> HttpResponseBase:
    """Which instruments can be used how."""
    seen = permissions.see_instruments(request.actor)
    groups = [
        (_("Items come with Fivefold"), [one for one in seen if one.use == "ships"]),
        (_("Under your own permission"), [one for one in seen if one.use in ("loaded", "permitted") or one.is_over]),
        (_("Scores alone"), [one for one in seen if one.use == "scores_only" and not one.is_over]),
    ]
    return _show(request, "instruments", "clinic_instruments", {"groups": groups})


@page(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "POST"])
def instrument(request: PageRequest, instrument: str) -> HttpResponseBase:
    """Record the clinic's permission for one instrument, and load its items."""
    seen = _seen_instrument(request, instrument)
    start = {"version": seen.version, "licence": seen.licence, "valid_until": seen.valid_until, "items": "\n".join(seen.items)}
    form = PermissionForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        row = _try(
            form,
            lambda: permissions.record_permission(request.actor, instrument=seen.instrument.id, **sent),
            {"Permission": "licence", "Valid until": "valid_until", "Items": "items"},
        )
        if row is not None:
            messages.success(request, _("The permission for %(name)s is recorded.") % {"name": seen.instrument.name})
            return redirect("clinic_instruments")
    return _show(request, "instrument", "clinic_instruments", {"seen": seen}, form)


def _seen_instrument(request: PageRequest, name: str) -> permissions.SeenInstrument:
    try:
        return permissions.see_instrument(request.actor, instrument=name)
    except UnknownThing:
        raise Http404 from None


@page(Permission.MANAGE_SETTINGS)
@require_POST
def end_permission(request: PageRequest, instrument: str) -> HttpResponseBase:
    """The permission has ended."""
    seen = _seen_instrument(request, instrument)
    permissions.end_permission(request.actor, instrument=seen.instrument.id)
    messages.success(request, _("From now on %(name)s takes scores alone.") % {"name": seen.instrument.name})
    return redirect("clinic_instruments")


# ---- Knowledge -----------------------------------------------------------------------------------------------------------


@page(Permission.SEE_CLINIC)
@require_GET
def knowledge(request: PageRequest) -> HttpResponseBase:
    """The release in use, and those one could switch to."""
    known = releases.see_releases(request.actor)
    used = next((one for one in known if one.in_use), known[0])
    others = [one for one in known if one is not used and not one.problem and one.hash != used.hash]
    same = [one for one in known if one is not used and not one.problem and one.hash == used.hash]
    return _show(request, "knowledge", "clinic_knowledge", {"used": used, "others": others, "same": same})


@page(Permission.CHOOSE_KNOWLEDGE)
@require_GET
def effect(request: PageRequest) -> HttpResponseBase:
    """What a switch would change in current plans, some records at a time, before anybody switches."""
    try:
        found = releases.see_effect(request.actor, name=request.GET.get("release", ""), page=page_number(request.GET.get("page", "")))
    except UnknownThing:
        raise Http404 from None
    changed = [(one.patient_name, one.revision, changes_in_words(one.revision.changes)) for one in found.changed]
    return _show(request, "effect", "clinic_knowledge", {"effect": found, "changed": changed})


@page(Permission.CHOOSE_KNOWLEDGE)
@require_POST
def switch(request: PageRequest) -> HttpResponseBase:
    """Switch to another release."""
    try:
        anew, left = releases.switch_release(request.actor, name=request.POST.get("release", ""))
    except FivefoldError as error:
        messages.error(request, str(error))
    else:
        words = [ngettext("Switched. %(n)d record was looked at anew.", "Switched. %(n)d records were looked at anew.", anew) % {"n": anew}]
        if left:
            rest = ngettext(
                "%(n)d is looked at anew when its row is opened, or in the nightly run.",
                "%(n)d others are looked at anew when their rows are opened, or in the nightly run.",
                left,
            )
            words.append(rest % {"n": left})
        messages.success(request, " ".join([*words, _("Signed plans stay as they were signed.")]))
    return redirect("clinic_knowledge")


# ---- Settings ------------------------------------------------------------------------------------------------------------


# What the service calls a field, and what the form does.
SETTINGS_FIELDS = {"Name": "name", "Time zone": "time_zone", "In a crisis": "crisis_words", "Style of notes": "note_style", "Headings": "heading_brought"}


@page(Permission.MANAGE_SETTINGS)
@require_http_methods(["GET", "POST"])
def settings(request: PageRequest) -> HttpResponseBase:
    """What the clinic says about itself."""
    now = clinic.see_settings(request.actor)
    form = SettingsForm(request.POST or None, initial=vars(now), notes=now.notes)
    if request.method == "POST" and form.is_valid():
        sent = {name: form.cleaned_data[name] for name in ("name", "time_zone", "crisis_words", "reminders_by_mail", "version")}
        if _try(form, lambda: clinic.change_settings(request.actor, **sent, notes=form.notes), SETTINGS_FIELDS):
            messages.success(request, _("The settings are saved."))
            return redirect("clinic_settings")
    return _show(request, "settings", "clinic_settings", {}, form)


@page(Permission.SEE_CLINIC)
@require_http_methods(["GET", "HEAD", "POST"])
def contacts(request: PageRequest) -> HttpResponseBase:
    """The numbers that patients see: of the clinic's place, and its own."""
    seen = crisis_contacts.see_contacts(request.actor)
    form = ContactsForm(request.POST if request.method == "POST" else None, seen)
    if form.is_bound and form.is_valid():
        sent: dict[str, Any] = {"place": form.cleaned_data["place"], "own": form.own, "version": form.cleaned_data["version"]}
        if _try(form, lambda: crisis_contacts.change_contacts(request.actor, **sent), {"Place": "place"}):
            messages.success(request, _("Saved. All of them count as checked today."))
            return redirect("clinic_contacts")
    return _show(request, "contacts", "clinic_contacts", {"seen": seen}, form)
