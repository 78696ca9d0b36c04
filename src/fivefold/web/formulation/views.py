"""The pages of the formulation: drawn and written, its versions, what differs between two, and comments."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fivefold.services import drafts, own_formulation
from fivefold.services import formulation as acts
from fivefold.services.access import Permission
from fivefold.services.formulation_content import FormulationContent, Node
from fivefold.services.formulation_content import difference as differs
from fivefold.services.patients import NotAcceptable
from fivefold.services.plans import ChangedMeanwhile
from fivefold.web.formulation.drawing import draw
from fivefold.web.formulation.forms import CommentForm, FormulationForm, Typed
from fivefold.web.formulation.words import LINK_WORDS, impairment_word, in_words, kind_word, modules_word, told, where_from
from fivefold.web.pages import PageRequest, page

# Buttons that change what stands in the form and save nothing.
CHANGES = ("add", "remove", "take")


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def formulation(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """The formulation as it counts, and the form for the next version."""
    sheet = acts.see_formulation(request.actor, patient_id=patient_id)
    if request.method != "POST":
        return _show(request, sheet, FormulationForm(_begun(request, sheet), sheet.modules, opened="" if sheet.newest else "node-0"))
    typed = Typed.read(request.POST)
    if any(name in request.POST for name in CHANGES):
        typed, opened = _changed(request, sheet, typed)
        drafts.keep_draft(request.actor, page=request.path, fields=list(typed.fields()), writing=request.POST.get("writing", ""))
        return _show(request, sheet, FormulationForm(typed, sheet.modules, opened=opened), is_typed=True, is_merging="merging" in request.POST)
    form = FormulationForm(typed, sheet.modules, request.POST)
    if not form.is_valid():
        return _show(request, sheet, form, is_typed=True, is_merging="merging" in request.POST, status=422)
    return _save(request, sheet, form)


def _begun(request: PageRequest, sheet: acts.FormulationSheet) -> Typed:
    """The newest version to write on, with rows enough for a draft that may be put back."""
    newest = sheet.newest
    typed = Typed.of(newest.content, newest.lines, newest.number) if newest else Typed.of(FormulationContent(), "", 0)
    for draft in drafts.see_draft(request.actor, page=request.path) if sheet.may_change else ():
        typed = typed.at_least(draft.fields)
    return typed


def _changed(request: PageRequest, sheet: acts.FormulationSheet, typed: Typed) -> tuple[Typed, str]:
    """A row more or less, or one taken over, and the row that is open then; a button that names nothing changes nothing."""
    if "take" in request.POST:
        node = _offered(sheet, request.POST["take"])
        return (typed.with_node(node), f"node-{typed.next_row}") if node else (typed, "")
    if request.POST.get("add") == "link":
        return typed.with_link(), f"link-{len(typed.links)}"
    if "add" in request.POST:
        return typed.with_node(), f"node-{len(typed.nodes)}"
    kind, _dash, place = request.POST["remove"].partition("-")
    if not (place.isascii() and place.isdigit()) or len(place) > 2:
        return typed, ""
    return (typed.without_link(int(place)) if kind == "link" else typed.without_node(int(place))), ""


def _offered(sheet: acts.FormulationSheet, key: str) -> Node | None:
    """What a button takes over: something the record offers, or a node of the version that somebody else has saved."""
    kind, _dot, name = key.partition(".")
    if kind == "node":
        return sheet.newest.content.node(name) if sheet.newest else None
    return next((one.node for one in sheet.suggestions if one.key == key), None)


def _save(request: PageRequest, sheet: acts.FormulationSheet, form: FormulationForm) -> HttpResponseBase:
    given: dict[str, Any] = {"content": form.typed.content(), "lines": form.typed.lines, "version": form.about.cleaned_data["version"]}
    try:
        acts.save_formulation(request.actor, patient_id=sheet.patient.pk, once=request.POST.get("once"), **given)  # type: ignore[call-arg]
    except NotAcceptable as error:
        form.problems.append(str(error))
        return _show(request, sheet, form, is_typed=True, status=422)
    except ChangedMeanwhile as changed:
        return _merge(request, sheet.patient.pk, form.typed, changed)
    drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
    messages.success(request, _("Saved as a new version. The earlier ones stay readable."))
    return redirect("formulation", patient_id=sheet.patient.pk)


def _merge(request: PageRequest, patient_id: uuid.UUID, typed: Typed, changed: ChangedMeanwhile) -> HttpResponseBase:
    """Both versions on one page: what was typed stays in the form, and saving it again takes the place of the newest."""
    sheet = acts.see_formulation(request.actor, patient_id=patient_id)
    form = FormulationForm(Typed(typed.nodes, typed.links, typed.lines, str(changed.version)), sheet.modules)
    return _show(request, sheet, form, is_typed=True, is_merging=True, status=409)


def _show(
    request: PageRequest, sheet: acts.FormulationSheet, form: FormulationForm, *, is_typed: bool = False, is_merging: bool = False, status: int = 200
) -> HttpResponseBase:
    newest = sheet.newest
    content = newest.content if newest else FormulationContent()
    context = {
        **_frame(sheet.patient),
        "sheet": sheet,
        "form": form,
        "is_typed": is_typed,
        "drawing": draw(content),
        "said": in_words(content, {row["id"]: place for place, row in enumerate(form.typed.nodes)} if sheet.may_change else {}, sheet.found),
        "suggested": [(one.key, kind_word(one.node), one.node.words, where_from(one)) for one in sheet.suggestions],
        "link_words": LINK_WORDS,
        "next_row": form.typed.next_row,
        "comment_form": CommentForm(None, content=content, number=newest.number) if newest and sheet.may_comment else None,
        "merging": _told(differs(newest.content, _as_saved(form.typed), (newest.lines, form.typed.lines))) if is_merging and newest else None,
        "lines": [(line, told(reply)) for line, reply in sheet.lines],
        "replies": [told(reply) for reply in sheet.replies],
        "present": {node.id for node in content.nodes},
    }
    return render(request, "formulation/formulation.html", context, status=status)


def _frame(patient: Any) -> dict[str, Any]:
    return {"tab": "formulation", "part": "caseload", "patient": patient}


def _as_saved(typed: Typed) -> FormulationContent:
    """What was typed without links that do not join two rows yet."""
    content = typed.content()
    return FormulationContent(content.nodes, tuple(link for link in content.links if link.start and link.end))


def _told(found: Any) -> dict[str, Any]:
    """A difference in the words of a page."""
    return {
        "added": [_line(node) for node in found.added],
        "gone": [_line(node) for node in found.gone],
        "changed": [(_line(before), _line(after)) for before, after in found.changed],
        "links_added": found.links_added,
        "links_gone": found.links_gone,
        "lines": found.lines,
        "is_empty": found.is_empty,
    }


def _line(node: Node) -> dict[str, str]:
    return {
        "id": node.id,
        "kind": kind_word(node),
        "words": node.words,
        "about": "; ".join(part for part in (impairment_word(node.impairment), modules_word(node.modules)) if part),
    }


@page(Permission.SEE_RECORD)
@require_POST
def comment(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Say something about the whole or about one node."""
    sheet = acts.see_formulation(request.actor, patient_id=patient_id)
    if sheet.newest is None:
        raise Http404
    written_on = next((one for one in sheet.versions if str(one.number) == request.POST.get("number")), sheet.newest)
    form = CommentForm(request.POST, content=written_on.content, number=written_on.number)
    if form.is_valid():
        try:
            acts.comment_formulation(request.actor, patient_id=patient_id, once=request.POST.get("once"), **form.cleaned_data)  # type: ignore[call-arg]
        except (NotAcceptable, acts.NoSuchFormulation) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Written down. It stays with the version it was written on."))
            return redirect("formulation", patient_id=patient_id)
    return render(request, "formulation/comment.html", {**_frame(sheet.patient), "form": form}, status=422)


@page(Permission.SEE_RECORD)
@require_safe
def version(request: PageRequest, patient_id: uuid.UUID, number: int) -> HttpResponseBase:
    """One version as it was written."""
    try:
        patient, seen = acts.see_formulation_version(request.actor, patient_id=patient_id, number=number)
    except acts.NoSuchFormulation:
        raise Http404 from None
    said = in_words(seen.content, found=None)
    context = {**_frame(patient), "seen": seen, "drawing": draw(seen.content), "said": said}
    return render(request, "formulation/version.html", context)


@page(Permission.SEE_RECORD)
@require_safe
def difference(request: PageRequest, patient_id: uuid.UUID, earlier: int, later: int) -> HttpResponseBase:
    """What differs between two versions."""
    try:
        seen = acts.compare_formulations(request.actor, patient_id=patient_id, earlier=earlier, later=later)
    except acts.NoSuchFormulation:
        raise Http404 from None
    context = {**_frame(seen.patient), "seen": seen, "found": _told(seen.difference)}
    return render(request, "formulation/difference.html", context)


@page(Permission.CHANGE_RECORD)
@require_POST
def decline(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Something that is offered does not belong here, with the reason."""
    given = {"key": request.POST.get("key", ""), "reason": request.POST.get("reason", "")}
    return _said(request, patient_id, acts.decline_suggestion, _("Declined, with your name and the reason. It is not offered any more."), given)


@page(Permission.CHANGE_RECORD)
@require_POST
def offer(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Something that was declined is offered again."""
    return _said(request, patient_id, acts.offer_again, _("It is offered again."), {"key": request.POST.get("key", "")})


@page(Permission.CHANGE_RECORD)
@require_POST
def show_patient(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """The patient sees the lines of this version from now on, or nothing of it any more."""
    if request.POST.get("show") != "yes":
        return _said(request, patient_id, own_formulation.take_formulation_back, _("The patient does not see it any more. What they said of it stays."), {})
    number = request.POST.get("number", "")
    given = {"number": int(number) if number.isdecimal() and len(number) < 10 else 0}
    return _said(request, patient_id, own_formulation.share_formulation, _("The patient sees these lines from now on."), given)


def _said(request: PageRequest, patient_id: uuid.UUID, act: Callable[..., object], words: str, given: dict[str, Any]) -> HttpResponseBase:
    try:
        act(request.actor, patient_id=patient_id, once=request.POST.get("once"), **given)
    except NotAcceptable as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    return redirect("formulation", patient_id=patient_id)
