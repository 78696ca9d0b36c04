"""Acts about documents made from the record: preview, make, sign, note that the patient agreed, withdraw, take as PDF or DOCX.

A document is made whole from the record and kept as it was made; what is typed for it is its addressee and a few sentences. The table
of kinds says for whom each is and what it discloses; who may make and take which stands here.

Other parts link to the page of a new document by the route ``document_new`` with ``kind``, for instance ``case_pack`` for supervision.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from fivefold.concepts.errors import FivefoldError
from fivefold.documents.clinical.blocks import Composed
from fivefold.documents.clinical.compose import Found, compose, disclosed, disguised, findings
from fivefold.documents.clinical.docx import print_docx
from fivefold.documents.clinical.kinds import KINDS, Category, DocumentKind, Reader
from fivefold.documents.clinical.plain_language import Finding
from fivefold.documents.clinical.printing import print_pdf
from fivefold.documents.clinical.sources import DocumentSources, Hidden
from fivefold.documents.pdf_words import day
from fivefold.records import clock
from fivefold.records.models import ClinicalDocument, DocumentStep, Formulation, Patient, PlanVersion
from fivefold.services import audit
from fivefold.services.access import AccessDenied, Actor, Permission, ReasonMissing, clinical_act, patient_for, reaches
from fivefold.services.assessments import add_facts
from fivefold.services.document_sources import consents_of, sources_of
from fivefold.services.hidden_words import list_hidden
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable
from fivefold.services.record_file import NewFact

LONGEST_TYPED, LONGEST_LINE, LONGEST_REASON = 4000, 300, 1000
SHORTEST_REASON = 10
FORMS = ("pdf", "docx")
# Whoever has one of these permissions for the patient makes, signs and withdraws documents of the kind.
MADE_WITH: dict[str, tuple[Permission, ...]] = {
    "treatment_plan": (Permission.SIGN_PLAN,),
    "payer_plan": (Permission.EXPORT_RECORD,),
    "plain_plan": (Permission.SIGN_PLAN,),
    "agreement": (Permission.CHANGE_RECORD,),
    "letter": (Permission.EXPORT_RECORD,),
    "progress_report": (Permission.CHANGE_RECORD,),
    "progress_patient": (Permission.CHANGE_RECORD,),
    "case_pack": (Permission.CHANGE_RECORD, Permission.SUPERVISE),
}
# A file leaves the program: that takes what a copy of the record takes. Whoever supervises takes the pack of a case they supervise.
TAKEN_WITH: dict[str, tuple[Permission, ...]] = dict.fromkeys(KINDS, (Permission.EXPORT_RECORD,)) | {
    "case_pack": (Permission.EXPORT_RECORD, Permission.SUPERVISE)
}
AGREED_TO = ("agreement", "plain_plan")


class NoSuchDocument(FivefoldError):
    """There is no such document in this record. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("There is no such document in this record. Load the list of documents again and choose one of those shown."))


class CannotMake(FivefoldError):
    """A document cannot be made, signed or taken as things stand. For the person at the screen."""


class NotForPatients(FivefoldError):
    """A document for a patient holds words that blame or promise. For the person at the screen."""

    def __init__(self, found: tuple[Finding, ...]) -> None:
        self.found = found
        said = ", ".join(dict.fromkeys(f"“{one.words}”" for one in found))
        super().__init__(_("A patient will read this. Find other words for: %(words)s. Nothing is lost.") % {"words": said})


@dataclass(frozen=True)
class SeenStep:
    """What became of a document: signed, agreed or withdrawn, on which day, by whom."""

    step: str
    on: date
    reason: str
    author: str


@dataclass(frozen=True)
class ListedDocument:
    """One version of a document without its content. ``is_newest`` tells that no later version of the kind stands."""

    id: uuid.UUID
    kind: DocumentKind
    number: int
    made_at: datetime
    author: str
    discloses: tuple[Category, ...]
    hides_name: bool
    plan_number: int | None
    steps: tuple[SeenStep, ...]
    is_newest: bool

    def step(self, name: str) -> SeenStep | None:
        """A step that was taken, None when it was not."""
        return next((one for one in self.steps if one.step == name), None)

    @property
    def signed(self) -> SeenStep | None:
        return self.step("signed")

    @property
    def agreed(self) -> SeenStep | None:
        return self.step("agreed")

    @property
    def withdrawn(self) -> SeenStep | None:
        return self.step("withdrawn")


@dataclass(frozen=True)
class DocumentList:
    """All documents of a record, the newest first, and the kinds this person can make now. ``has_plan``: whether a plan is signed."""

    patient: Patient
    documents: tuple[ListedDocument, ...]
    can_make: tuple[DocumentKind, ...]
    has_plan: bool


@dataclass(frozen=True)
class DraftDocument:
    """A document as it would be made now. ``hindrances`` say why it cannot be, ``consent`` whether the patient has agreed to its purpose.

    ``listed`` is what is hidden beside the name, ``hides`` what of all that occurs in it and what stands there instead.
    """

    patient: Patient
    kind: DocumentKind
    composed: Composed | None
    discloses: tuple[Category, ...]
    found: tuple[Finding, ...]
    hindrances: tuple[str, ...]
    consent: bool | None
    next_number: int
    listed: Hidden
    hides: tuple[Found, ...]

    @property
    def not_found(self) -> tuple[str, ...]:
        """What is listed and does not occur."""
        found = {one.words.casefold() for one in self.hides}
        return tuple(one for one in (*self.listed.names, *self.listed.words) if one.casefold() not in found)


@dataclass(frozen=True)
class SeenDocument:
    """A document with its content. ``is_outdated``: another plan has been signed since it was made from one.

    ``kept_back`` says why its file may not leave as things stand, "" when it may.
    """

    patient: Patient
    listed: ListedDocument
    composed: Composed
    hash: str
    is_outdated: bool
    consent: bool | None
    may_change: bool
    may_take: bool
    kept_back: str


# ---- Reading -------------------------------------------------------------------------------------------------------------


@clinical_act(Permission.SEE_RECORD, view=True)
def see_documents(actor: Actor, *, patient_id: uuid.UUID) -> DocumentList:
    """The list; nothing that is sealed in a document is opened."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    may = {permission: reaches(actor, patient, permission) for permission in {one for needed in MADE_WITH.values() for one in needed}}
    can_make = tuple(kind for name, kind in KINDS.items() if any(may[permission] for permission in MADE_WITH[name]))
    rows = ClinicalDocument.objects.filter(clinic=actor.clinic, patient=patient).defer("content_sealed").select_related("author", "plan")
    has_plan = PlanVersion.objects.filter(clinic=actor.clinic, patient=patient).exists()
    return DocumentList(patient, tuple(_listed(list(rows.order_by("-recorded_at", "-number")))), can_make, has_plan)


def _listed(rows: list[ClinicalDocument]) -> list[ListedDocument]:
    steps: dict[uuid.UUID, list[SeenStep]] = {row.pk: [] for row in rows}
    for step in DocumentStep.objects.filter(document_id__in=steps).select_related("author").order_by("recorded_at"):
        steps[step.document_id].append(SeenStep(step.step, step.on, step.reason, step.author.name))
    newest: dict[str, int] = {}
    for row in rows:
        newest[row.kind] = max(row.number, newest.get(row.kind, 0))
    return [
        ListedDocument(
            id=row.pk,
            kind=KINDS[row.kind],
            number=row.number,
            made_at=row.recorded_at,
            author=row.author.name,
            discloses=tuple(Category(name) for name in row.discloses),
            hides_name=row.hides_name,
            plan_number=row.plan.number if row.plan else None,
            steps=tuple(steps[row.pk]),
            is_newest=row.number == newest[row.kind],
        )
        for row in rows
    ]


@clinical_act(Permission.SEE_RECORD, view=True)
def see_document(actor: Actor, *, patient_id: uuid.UUID, document_id: uuid.UUID) -> SeenDocument:
    """One document with its content; raises NoSuchDocument."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    row, listed = _found(patient, document_id)
    consent = _consent(consents_of(patient), listed.kind)
    return SeenDocument(
        patient=patient,
        listed=listed,
        composed=Composed.read(row.content),
        hash=row.content_hash,
        is_outdated=_is_outdated(patient, row),
        consent=consent,
        may_change=_may(actor, patient, MADE_WITH[row.kind]),
        may_take=_may(actor, patient, TAKEN_WITH[row.kind]),
        kept_back=_kept_back(listed, consent),
    )


def _found(patient: Patient, document_id: uuid.UUID) -> tuple[ClinicalDocument, ListedDocument]:
    """The row and what the list says of it; raises NoSuchDocument."""
    rows = ClinicalDocument.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("author", "plan")
    row = rows.filter(pk=document_id).first()
    if row is None:
        raise NoSuchDocument
    same = list(rows.defer("content_sealed").filter(kind=row.kind))
    return row, next(one for one in _listed(same) if one.id == row.pk)


def _is_outdated(patient: Patient, row: ClinicalDocument) -> bool:
    if row.plan is None:
        return False
    return PlanVersion.objects.filter(clinic_id=patient.clinic_id, patient=patient, number__gt=row.plan.number).exists()


def _may(actor: Actor, patient: Patient, permissions: tuple[Permission, ...]) -> bool:
    return any(reaches(actor, patient, permission) for permission in permissions)


def _require(actor: Actor, patient: Patient, permissions: tuple[Permission, ...]) -> None:
    """Raise AccessDenied unless one of the permissions reaches the patient."""
    if not _may(actor, patient, permissions):
        raise AccessDenied(permissions[0])


def _consent(consents: Mapping[str, tuple[bool, date] | None], kind: DocumentKind) -> bool | None:
    """Whether the patient agreed to the purpose of the kind; None when it needs none."""
    if not kind.consent:
        return None
    found = consents.get(kind.consent)
    return bool(found and found[0])


# ---- Making --------------------------------------------------------------------------------------------------------------


@clinical_act(Permission.SEE_RECORD, view=True)
def try_document(
    actor: Actor,
    *,
    patient_id: uuid.UUID,
    kind: str,
    typed: Mapping[str, str] | None = None,
    chosen: frozenset[str] | None = None,
    hides_name: bool | None = None,
    hidden: Hidden | None = None,
) -> DraftDocument:
    """The document as it would be made now, with what is typed and the optional parts ``chosen`` (None: the usual ones). Nothing is kept.

    ``hidden`` is what is to be hidden beside the name, None for what is listed already. Raises NoSuchDocument for a kind there is not,
    and AccessDenied.
    """
    patient, wanted = _wanted(actor, patient_id, kind)
    return _draft(actor, patient, wanted, dict(typed or {}), wanted.usual if chosen is None else chosen, _hides(wanted, hides_name), hidden)


def _wanted(actor: Actor, patient_id: uuid.UUID, kind: str) -> tuple[Patient, DocumentKind]:
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    wanted = KINDS.get(kind)
    if wanted is None:
        raise NoSuchDocument
    _require(actor, patient, MADE_WITH[wanted.id])
    return patient, wanted


def _hides(kind: DocumentKind, asked: bool | None) -> bool:
    """By default a case pack is told without the name."""
    return kind.can_hide_name and asked is not False


def _draft(
    actor: Actor, patient: Patient, kind: DocumentKind, typed: dict[str, str], chosen: frozenset[str], hides_name: bool, hidden: Hidden | None
) -> DraftDocument:
    sources = sources_of(patient, clinic=actor.clinic.name, author=actor.user.name)
    sources = sources if hidden is None else replace(sources, hidden=hidden)
    hindrances = _hindrances(kind, sources)
    composed = None if hindrances else compose(kind, sources, typed, chosen)
    hides: tuple[Found, ...] = ()
    if composed and hides_name:
        composed, hides = disguised(composed, sources)
    last = ClinicalDocument.objects.filter(clinic=actor.clinic, patient=patient, kind=kind.id).order_by("-number").values_list("number", flat=True).first()
    return DraftDocument(
        patient=patient,
        kind=kind,
        composed=composed,
        discloses=disclosed(kind, chosen, hide_name=hides_name),
        found=findings(composed) if composed else (),
        hindrances=hindrances,
        consent=_consent(sources.consents, kind),
        next_number=(last or 0) + 1,
        listed=sources.hidden,
        hides=hides,
    )


def _hindrances(kind: DocumentKind, sources: DocumentSources) -> tuple[str, ...]:
    if kind.needs_plan and sources.signed is None:
        return (_("It is made from a signed plan, and none is signed yet. Sign the plan first."),)
    return ()


@clinical_act(Permission.SEE_RECORD)
def make_document(
    actor: Actor,
    *,
    patient_id: uuid.UUID,
    kind: str,
    typed: Mapping[str, str] | None = None,
    chosen: frozenset[str] | None = None,
    hides_name: bool | None = None,
    hidden: Hidden | None = None,
) -> ClinicalDocument:
    """Make the next version of a kind from the record and keep it; it is not signed yet. What is ``hidden`` is kept for the next one.

    Raises CannotMake where something must come first, NotAcceptable for what was typed, and NotForPatients where a document for a
    patient would hold words that blame or promise.
    """
    patient, wanted = _wanted(actor, patient_id, kind)
    parts = wanted.usual if chosen is None else chosen
    given = _checked(wanted, dict(typed or {}), parts)
    if hidden is not None:
        list_hidden(actor, patient, hidden)
    hides = _hides(wanted, hides_name)
    return _make(actor, _draft(actor, patient, wanted, given, parts, hides, hidden), parts, hides_name=hides)


@clinical_act(Permission.SEE_RECORD)
def make_case_pack(actor: Actor, *, patient_id: uuid.UUID) -> ClinicalDocument:
    """The case pack of today with what is usual in one: a new version, or the newest as long as it says the same and was not withdrawn."""
    patient, wanted = _wanted(actor, patient_id, "case_pack")
    hides_name = _hides(wanted, None)
    draft = _draft(actor, patient, wanted, {}, wanted.usual, hides_name, None)
    made = ClinicalDocument.objects.filter(clinic=actor.clinic, patient=patient, kind=wanted.id).order_by("-number").first()
    withdrawn = made is not None and DocumentStep.objects.filter(document=made, step="withdrawn").exists()
    if made is not None and not withdrawn and draft.composed is not None and made.content_hash == draft.composed.hash:
        return made
    return _make(actor, draft, wanted.usual, hides_name=hides_name)


def _make(actor: Actor, draft: DraftDocument, parts: frozenset[str], *, hides_name: bool) -> ClinicalDocument:
    patient, wanted = draft.patient, draft.kind
    if draft.composed is None:
        raise CannotMake(" ".join(draft.hindrances))
    refused = tuple(one for one in draft.found if one.trouble.refuses)
    if refused:
        raise NotForPatients(refused)
    row = ClinicalDocument(
        clinic=actor.clinic,
        patient=patient,
        kind=wanted.id,
        number=draft.next_number,
        content_hash=draft.composed.hash,
        discloses=[category.value for category in draft.discloses],
        parts=sorted(parts),
        hides_name=hides_name,
        plan=PlanVersion.objects.filter(clinic=actor.clinic, patient=patient).order_by("-number").first(),
        formulation=Formulation.objects.filter(clinic=actor.clinic, patient=patient).order_by("-number").first(),
        knowledge_version=knowledge().release.version,
        knowledge_hash=knowledge().release.content_hash,
        author=actor.user,
    )
    row.content = draft.composed.stored()
    row.save()
    return row


def _checked(kind: DocumentKind, typed: dict[str, str], chosen: frozenset[str]) -> dict[str, str]:
    """What was typed, as far as the kind has fields for it; raises NotAcceptable."""
    optional = {part.id for part in kind.parts if part.is_optional}
    if not chosen <= optional:
        raise NotAcceptable("Parts", _("parts of this document that can be left out. Load the page again"))
    found = {}
    for field in kind.typed:
        text = typed.get(field.id, "").strip()
        most = LONGEST_TYPED if field.is_long or field.id == "addressee" else LONGEST_LINE
        if len(text) > most:
            raise NotAcceptable(field.name, _("at most %(most)d characters; found %(found)d") % {"most": most, "found": len(text)})
        if field.is_needed and not text:
            raise NotAcceptable(field.name, _("something: without it nobody knows for whom this is"))
        found[field.id] = text
    return found


# ---- What becomes of it --------------------------------------------------------------------------------------------------


@clinical_act(Permission.SEE_RECORD)
def sign_document(actor: Actor, *, patient_id: uuid.UUID, document_id: uuid.UUID, reason: str = "") -> DocumentStep:
    """Sign the newest version of a document as it was read. Where the patient has not agreed to its purpose, a reason is kept.

    Raises CannotMake for one that is withdrawn, signed, replaced, or made from a plan that another has replaced.
    """
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    row, listed = _found(patient, document_id)
    _require(actor, patient, MADE_WITH[row.kind])
    _refuse_done(listed, "signed")
    if not listed.is_newest:
        raise CannotMake(_("A newer version has been made. Sign that one, or make another."))
    if _is_outdated(patient, row):
        raise CannotMake(_("Another plan has been signed since this was made. Make it again, then sign."))
    needs_reason = _consent(consents_of(patient), listed.kind) is False
    if needs_reason and len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing
    return _take_step(actor, row, "signed", clock.today(), reason if needs_reason else "")


@clinical_act(Permission.CHANGE_RECORD)
def note_agreement(actor: Actor, *, patient_id: uuid.UUID, document_id: uuid.UUID, on: date) -> DocumentStep:
    """Note that the patient agreed to a signed agreement or plan on a day; of an agreement the record knows it from then on."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    row, listed = _found(patient, document_id)
    _refuse_done(listed, "agreed")
    if row.kind not in AGREED_TO or listed.signed is None:
        raise CannotMake(_("The patient agrees to an agreement or a plan in plain words that a clinician has signed. Sign it first."))
    if not listed.signed.on <= on <= clock.today():
        raise NotAcceptable("Day", _("a day from the signature (%(on)s) to today") % {"on": listed.signed.on.isoformat()})
    if row.kind == "agreement":
        add_facts(actor, patient, [NewFact("context", "agreement", True, on)])
    return _take_step(actor, row, "agreed", on, "")


@clinical_act(Permission.SEE_RECORD)
def withdraw_document(actor: Actor, *, patient_id: uuid.UUID, document_id: uuid.UUID, reason: str) -> DocumentStep:
    """Say that a document no longer holds, and why; it stays readable and says so on every page."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    row, listed = _found(patient, document_id)
    _require(actor, patient, MADE_WITH[row.kind])
    _refuse_done(listed, "withdrawn")
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing
    return _take_step(actor, row, "withdrawn", clock.today(), reason)


def _refuse_done(listed: ListedDocument, step: str) -> None:
    if listed.withdrawn is not None:
        raise CannotMake(_("This document was withdrawn. Make a new one."))
    if listed.step(step) is not None:
        raise CannotMake(_("That is noted already. Load the page again."))


def _take_step(actor: Actor, row: ClinicalDocument, step: str, on: date, reason: str) -> DocumentStep:
    if len(reason) > LONGEST_REASON:
        raise NotAcceptable("Reason", _("at most %(most)s characters") % {"most": LONGEST_REASON})
    taken = DocumentStep(clinic=actor.clinic, patient_id=row.patient_id, document=row, step=step, on=on, author=actor.user)
    taken.reason = reason.strip()
    taken.save()
    return taken


# ---- On paper ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TakenDocument:
    """What a file is printed from: the content, the state it is in, and a name that says nothing about anybody."""

    composed: Composed
    state: str
    name: str


@clinical_act(Permission.SEE_RECORD, view=True)
def take_document_file(actor: Actor, *, patient_id: uuid.UUID, document_id: uuid.UUID) -> TakenDocument:
    """What the file of a document is printed from; that it left, which one and what it discloses is in the audit trail.

    Raises AccessDenied, NoSuchDocument, and CannotMake for one that goes outside and is not signed, or to whose purpose the patient
    has not agreed, unless it was signed with a reason.
    """
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    row, listed = _found(patient, document_id)
    _require(actor, patient, TAKEN_WITH[row.kind])
    kept_back = _kept_back(listed, _consent(consents_of(patient), listed.kind))
    if kept_back:
        raise CannotMake(kept_back)
    audit.record(actor, "document_left", patient_id=patient.pk, target=f"{row.kind} {row.number}", is_view=True, discloses=row.discloses)
    return TakenDocument(Composed.read(row.content), state_words(listed), f"{row.kind.replace('_', '-')}-{row.number}")


def _kept_back(listed: ListedDocument, consent: bool | None) -> str:
    """Why a file may not leave. Consent can be withdrawn after the signature; a reason that was given for signing without it stands."""
    if listed.kind.reader is Reader.OUTSIDE and listed.signed is None:
        return _("What goes to somebody outside is signed first. Read it, sign it, then take the file.")
    if consent is not False or (listed.signed and listed.signed.reason):
        return ""
    if listed.signed is None:
        return _("The patient has not agreed to this. Sign it with your reason, or note the consent first; then take the file.")
    return _("The patient has not agreed to this. Make it again and sign it with your reason, or note the consent first; then take the file.")


def state_words(listed: ListedDocument) -> str:
    """The state of a document as it stands on every page of it."""
    version = _("Version %(n)d, %(on)s") % {"n": listed.number, "on": day(listed.made_at.date())}
    if listed.withdrawn:
        return _("%(version)s. Withdrawn on %(on)s: do not use") % {"version": version, "on": day(listed.withdrawn.on)}
    if listed.signed is None:
        return _("%(version)s. Not signed: a draft") % {"version": version}
    signed = _("%(version)s. Signed by %(who)s on %(on)s") % {"version": version, "who": listed.signed.author, "on": day(listed.signed.on)}
    return signed if listed.agreed is None else _("%(signed)s, agreed by the patient on %(on)s") % {"signed": signed, "on": day(listed.agreed.on)}


def print_file(taken: TakenDocument, form: str) -> bytes:
    """The file in one of ``FORMS``. Outside the act: setting takes a while."""
    return print_pdf(taken.composed, taken.state) if form == "pdf" else print_docx(taken.composed, taken.state)
