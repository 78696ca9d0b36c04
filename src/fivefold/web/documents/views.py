"""The pages of documents: the list, a new one with its preview, one as it was made, its steps, and its files."""

import uuid
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fivefold.documents.clinical.kinds import KINDS
from fivefold.documents.language import say
from fivefold.services import documents as acts
from fivefold.services import drafts
from fivefold.services.access import Permission, ReasonMissing
from fivefold.services.patients import NotAcceptable
from fivefold.web.documents.forms import AgreedForm, DocumentForm, SignForm, WithdrawForm
from fivefold.web.documents.words import READER_WORDS, category_list, found_words, page_of, state_of
from fivefold.web.limits import limited
from fivefold.web.pages import PageRequest, page

TYPES = {"pdf": "application/pdf", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}


@page(Permission.SEE_RECORD)
@require_safe
def documents(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """All documents with their versions and what each discloses, and what can be made."""
    seen = acts.see_documents(request.actor, patient_id=patient_id)
    context = {
        **_frame(seen.patient),
        "seen": seen,
        "rows": [(one, say(one.kind.name), state_of(one), category_list(one.discloses)) for one in seen.documents],
        "kinds": [(kind, say(kind.name), say(kind.summary), READER_WORDS[kind.reader], kind.needs_plan and not seen.has_plan) for kind in seen.can_make],
    }
    return render(request, "documents/documents.html", context)


def _frame(patient: Any) -> dict[str, Any]:
    return {"tab": "documents", "part": "caseload", "patient": patient}


# ---- A new one -----------------------------------------------------------------------------------------------------------


@page(Permission.SEE_RECORD)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: PageRequest, patient_id: uuid.UUID, kind: str) -> HttpResponseBase:
    """What a document will hold and disclose, as it would be made now; making it keeps it."""
    wanted = KINDS.get(kind)
    if wanted is None:
        acts.see_documents(request.actor, patient_id=patient_id)
        raise Http404
    form = DocumentForm(request.POST if request.method == "POST" else None, wanted)
    if form.is_bound and form.is_valid() and not form.is_preview:
        made = _made(request, patient_id, kind, form)
        if made is not None:
            return made
    given = form.given if form.is_bound and form.is_valid() else {}
    draft = acts.try_document(request.actor, patient_id=patient_id, kind=kind, **given)
    form.begin_with(draft.listed)
    if form.is_preview:
        drafts.keep_draft(request.actor, page=request.path, fields=_typed(request), writing=request.POST.get("writing", ""))
    context = {
        **_frame(draft.patient),
        "draft": draft,
        "form": form,
        "name": say(draft.kind.name),
        "summary": say(draft.kind.summary),
        "reader": READER_WORDS[draft.kind.reader],
        "discloses": category_list(draft.discloses),
        "found": found_words(draft.found),
        "paper": page_of(draft.composed) if draft.composed else None,
    }
    return render(request, "documents/new.html", context, status=422 if form.errors else 200)


@page(Permission.SEE_RECORD)
@require_POST
def case_pack(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """The case pack of today, in one press."""
    once: Any = request.POST.get("once")
    made = acts.make_case_pack(request.actor, patient_id=patient_id, once=once)  # type: ignore[call-arg]
    return redirect("document", patient_id=patient_id, document_id=getattr(made, "pk", made))


def _typed(request: PageRequest) -> list[tuple[str, str]]:
    """The fields of the form as they were sent, without the buttons and keys of the page."""
    ours = ("csrfmiddlewaretoken", "once", "writing", "preview")
    return [(name, value) for name, values in request.POST.lists() if name not in ours for value in values]


def _made(request: PageRequest, patient_id: uuid.UUID, kind: str, form: DocumentForm) -> HttpResponseBase | None:
    """Where to go after making it, or None with the problem in the form."""
    once: Any = request.POST.get("once")
    try:
        made = acts.make_document(request.actor, patient_id=patient_id, kind=kind, once=once, **form.given)  # type: ignore[call-arg]
    except (acts.CannotMake, acts.NotForPatients, NotAcceptable) as error:
        form.add_error(None, str(error))
        return None
    drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
    messages.success(request, _("Made and kept as it stands. Read it, then sign it."))
    return redirect("document", patient_id=patient_id, document_id=getattr(made, "pk", made))


# ---- One that was made ---------------------------------------------------------------------------------------------------


@page(Permission.SEE_RECORD)
@require_safe
def document(request: PageRequest, patient_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponseBase:
    """A document as it was made, with what became of it."""
    return _show(request, patient_id, document_id, {})


def _show(request: PageRequest, patient_id: uuid.UUID, document_id: uuid.UUID, sent: dict[str, Form]) -> HttpResponseBase:
    try:
        seen = acts.see_document(request.actor, patient_id=patient_id, document_id=document_id)
    except acts.NoSuchDocument:
        raise Http404 from None
    listed = seen.listed
    context = {
        **_frame(seen.patient),
        "seen": seen,
        "one": listed,
        "name": say(listed.kind.name),
        "state": state_of(listed),
        "said": acts.state_words(listed),
        "discloses": category_list(listed.discloses),
        "paper": page_of(seen.composed),
        "can_sign": seen.may_change and not listed.signed and not listed.withdrawn and listed.is_newest and not seen.is_outdated,
        "can_agree": seen.may_change and listed.kind.id in acts.AGREED_TO and listed.signed and not listed.agreed and not listed.withdrawn,
        "can_take": seen.may_take and not seen.kept_back,
        "sign_form": sent.get("sign") or SignForm(None, needs_reason=seen.consent is False),
        "agreed_form": sent.get("agreed") or AgreedForm(None, timezone.localdate()),
        "withdraw_form": sent.get("withdraw") or WithdrawForm(None),
        "withdraw_open": "withdraw" in sent,
    }
    return render(request, "documents/document.html", context, status=422 if sent else 200)


@page(Permission.SEE_RECORD)
@require_POST
def sign(request: PageRequest, patient_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponseBase:
    """Sign it."""
    form = SignForm(request.POST, needs_reason="reason" in request.POST)
    return _step(request, patient_id, document_id, "sign", form, acts.sign_document, _("Signed. It holds as it was read."))


@page(Permission.CHANGE_RECORD)
@require_POST
def agreed(request: PageRequest, patient_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponseBase:
    """Note that the patient agreed."""
    form = AgreedForm(request.POST, timezone.localdate())
    return _step(request, patient_id, document_id, "agreed", form, acts.note_agreement, _("Noted, with the day."))


@page(Permission.SEE_RECORD)
@require_POST
def withdraw(request: PageRequest, patient_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponseBase:
    """Say that it no longer holds."""
    form = WithdrawForm(request.POST)
    return _step(request, patient_id, document_id, "withdraw", form, acts.withdraw_document, _("Withdrawn. It stays readable and says so on every page."))


def _step(request: PageRequest, patient_id: uuid.UUID, document_id: uuid.UUID, name: str, form: Form, act: Any, said: str) -> HttpResponseBase:
    """Take a step, or show the page again with what stands against it."""
    if form.is_valid():
        try:
            act(request.actor, patient_id=patient_id, document_id=document_id, once=request.POST.get("once"), **form.cleaned_data)
        except acts.NoSuchDocument:
            raise Http404 from None
        except (acts.CannotMake, NotAcceptable, ReasonMissing) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, said)
            return redirect("document", patient_id=patient_id, document_id=document_id)
    return _show(request, patient_id, document_id, {name: form})


# ---- Files ---------------------------------------------------------------------------------------------------------------


@page(Permission.SEE_RECORD)
@require_safe
@limited("download", methods=("GET",))
def pdf(request: PageRequest, patient_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponseBase:
    """The document as a tagged PDF."""
    return _file(request, patient_id, document_id, "pdf")


@page(Permission.SEE_RECORD)
@require_safe
@limited("download", methods=("GET",))
def docx(request: PageRequest, patient_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponseBase:
    """The document for a word processor."""
    return _file(request, patient_id, document_id, "docx")


def _file(request: PageRequest, patient_id: uuid.UUID, document_id: uuid.UUID, form: str) -> HttpResponseBase:
    try:
        taken = acts.take_document_file(request.actor, patient_id=patient_id, document_id=document_id)
    except acts.NoSuchDocument:
        raise Http404 from None
    except acts.CannotMake as error:
        messages.warning(request, str(error))
        return redirect("document", patient_id=patient_id, document_id=document_id)
    answer = HttpResponse(acts.print_file(taken, form), content_type=TYPES[form])
    # The name of a file travels further than its content: it says nothing about anybody.
    answer["Content-Disposition"] = f'{"inline" if form == "pdf" else "attachment"}; filename="{taken.name}.{form}"'
    return answer
