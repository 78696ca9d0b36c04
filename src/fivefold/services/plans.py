"""Acts about plans: proposing, choosing, signing, comparing. The program proposes, the clinician decides, both are kept."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.db.models import Max
from django.utils.translation import gettext as _

from fivefold.concepts.assessment import Assessment
from fivefold.concepts.errors import FivefoldError
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.plan import PhasedPlan, PlanRevision
from fivefold.concepts.vocabulary import CoverageStatus, MatchStatus, OverrideKind, OverrideStatus, PhaseId
from fivefold.documents.pdf_plan import render_pdf
from fivefold.engine.planning import PlanOptions, make_plan
from fivefold.engine.replanning import propose_revision
from fivefold.exchange.plan_json import plan_from_json, plan_to_json
from fivefold.records import clock
from fivefold.records.models import Patient, PlanDraft, PlanVersion
from fivefold.services import caseload
from fivefold.services.access import Actor, Permission, clinical_act, patient_for
from fivefold.services.deadlines import dated_plan
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable
from fivefold.services.plan_choices import CHOICE_WORDS, LONGEST_REASON, SHORTEST_REASON, Choice, How, PlanChoices
from fivefold.services.plan_questions import SaidOfFormulation, asked_at_signing, kept_answers
from fivefold.services.protocols import chosen_protocols
from fivefold.services.record_file import ReadFacts, read_facts, read_record
from fivefold.services.risk_questions import hard_rules_first

WITHOUT_DRAWS = PlanOptions(with_stability=False)
PLAN_ALONE = PlanOptions(with_stability=False, protocols=())
MOST_DAYS_TO_REVIEW = 90
# The rule under which a module waits for an answer of its own, such as the readiness for trauma work.
START_QUESTION = "rule.match.start"
VIEWS = ("agrees", "partly", "disagrees", "not_asked")
Copy = Literal["clinician", "patient"]


@dataclass(frozen=True)
class ProposedPlan:
    """The proposal as it stands, the plan with the choices, the difference, and the draft's version and the record they rest on.

    ``applied`` are the choices that the plan follows: all of them but those to begin a module that may not be begun as things stand.
    """

    patient: Patient
    proposal: PhasedPlan
    plan: PhasedPlan
    difference: PlanRevision
    choices: PlanChoices
    draft_version: int
    record: Assessment
    facts: ReadFacts
    applied: PlanChoices

    @property
    def held(self) -> tuple[str, ...]:
        """Modules that were chosen to begin and rest where the proposal has them, because something has come first since."""
        return tuple(name for name in self.choices.begun if name not in self.applied.begun and self.proposal.match(name).waits_for)

    @property
    def held_words(self) -> tuple[str, ...]:
        """Why the plan cannot be signed because of what is held; empty when nothing is."""
        names = ", ".join(knowledge().modules[name].short_name for name in self.held)
        return (f"Begun by choice, but held as things stand: {names}. Ask the safety questions that are open, or take the choice back.",) if names else ()


@dataclass(frozen=True)
class Hole:
    """An impairment that nothing in the plan answers: the modules that treat it, of which none is indicated as things stand."""

    impairment: str
    name: str
    because: str
    modules: tuple[str, ...]


class NoSuchPlan(FivefoldError):
    """There is no signed plan with this number. For the person at the screen."""

    def __init__(self) -> None:
        super().__init__(_("This patient has no signed plan with this number. Choose one from the list of versions."))


class CannotSign(FivefoldError):
    """The plan cannot be signed yet. For the person at the screen."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(_("The plan cannot be signed yet: %(reasons)s") % {"reasons": " ".join(reasons)})


class ChangedMeanwhile(FivefoldError):
    """Somebody else has changed the same thing; nothing of either is lost. For the person at the screen."""

    def __init__(self, theirs: dict[str, Any], version: int, what: str = "", who: str = "") -> None:
        self.theirs, self.version, self.who = theirs, version, who
        super().__init__(_("Somebody else has changed %(what)s meanwhile. Compare both versions and keep what is right.") % {"what": what or _("this plan")})


@clinical_act(Permission.SEE_RECORD, view=True)
def see_plan(actor: Actor, *, patient_id: uuid.UUID, choices: PlanChoices | None = None, with_draws: bool = True) -> ProposedPlan:
    """The plan for today with the choices of the draft, or with other choices tried out."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    return work_out(patient, choices, with_draws=with_draws)


def work_out(
    patient: Patient,
    choices: PlanChoices | None = None,
    *,
    with_draws: bool = False,
    today: date | None = None,
    protocols: tuple[str, ...] | None = None,
) -> ProposedPlan:
    """Proposal, plan and difference; raises InputRefused when a choice is not possible."""
    day = today or clock.today()
    facts = read_facts(patient)
    draft = draft_of(patient)
    chosen = choices if choices is not None else choices_of(draft)
    options = PlanOptions() if with_draws else WITHOUT_DRAWS
    if protocols is not None:
        options = replace(options, protocols=protocols)
    known = read_record(patient, day, read=facts)
    applied = replace(chosen, begun=_still_to_begin(patient, chosen, known, facts)) if chosen.begun else chosen
    changes = applied.as_changes(known)
    proposal = dated_plan(patient, known, WITHOUT_DRAWS if changes else options, read=facts)
    plan = dated_plan(patient, read_record(patient, day, changes=changes, read=facts), options, read=facts) if changes else proposal
    return ProposedPlan(patient, proposal, plan, propose_revision(proposal, plan), chosen, draft.version if draft else 0, known, facts, applied)


def _still_to_begin(patient: Patient, chosen: PlanChoices, known: Assessment, facts: ReadFacts) -> dict[str, str]:
    """The modules to begin by choice that may be begun today: since the choice a danger may have come or an answer have grown old.

    Each is judged by the plan in which none is begun: what one such choice opens is no ground for the next.
    """
    changes = replace(chosen, begun={}).as_changes(known)
    plan = make_plan(read_record(patient, known.as_of, changes=changes, read=facts), knowledge(), PLAN_ALONE)
    allowed = startable(plan, facts)
    return {module: reason for module, reason in chosen.begun.items() if module in allowed}


# ---- Choosing ------------------------------------------------------------------------------------------------------------


def draft_of(patient: Patient) -> PlanDraft | None:
    """The choices nobody has signed yet, for acts that have checked access already."""
    return PlanDraft.objects.filter(clinic_id=patient.clinic_id, patient=patient).select_related("changed_by").first()


def choices_of(draft: PlanDraft | None) -> PlanChoices:
    """What a draft holds."""
    return PlanChoices.from_stored(json.loads(draft.content or "{}") if draft else {})


@clinical_act(Permission.CHANGE_RECORD)
def save_choices(actor: Actor, *, patient_id: uuid.UUID, choices: PlanChoices, version: int) -> int:
    """Keep the choices of the plan builder; ``version`` is the draft they were made on. Raises ChangedMeanwhile."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    before = choices_of(draft_of(patient)).begun
    for choice in [_checked(Choice(module, How.BEGIN, reason)) for module, reason in choices.begun.items() if before.get(module) != reason]:
        _refuse_begin(patient, choices, choice.target)
    return _save(actor, patient, choices, version)


@clinical_act(Permission.CHANGE_RECORD)
def change_choice(actor: Actor, *, patient_id: uuid.UUID, choice: Choice, version: int) -> int:
    """Choose about one module or impairment, with a reason, or take the choice back. Raises ChangedMeanwhile."""
    patient = patient_for(actor, patient_id, Permission.CHANGE_RECORD)
    chosen = choices_of(draft_of(patient))
    checked = _checked(choice)
    if checked.how is How.BEGIN:
        _refuse_begin(patient, chosen.with_choice(Choice(checked.target, How.UNDO)), checked.target)
    return _save(actor, patient, chosen.with_choice(checked), version)


def _checked(choice: Choice) -> Choice:
    known = knowledge().impairments if choice.how is How.LEAVE_OPEN else knowledge().modules
    if choice.how is How.UNDO:
        return choice
    if choice.target not in known:
        raise NotAcceptable("Choice", _("a module or an impairment of this plan"))
    if choice.how in (How.DEFER, How.DECLINE) and choice.target in not_to_be_declined():
        raise NotAcceptable("Choice", _("another module: asking about suicide is never left out"))
    return replace(choice, reason=checked_reason(choice.reason))


def checked_reason(text: str) -> str:
    """A reason on one line; raises NotAcceptable when it is too short or too long."""
    reason = " ".join(text.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise NotAcceptable("Reason", _("a reason in a few words, %(least)s to %(most)s characters") % {"least": SHORTEST_REASON, "most": LONGEST_REASON})
    return reason


def startable(plan: PhasedPlan, facts: ReadFacts) -> frozenset[str]:
    """Modules that a clinician may begin although they wait: indicated in this phase, and held by general modules alone.

    None in a plan that is withheld, nor while a hard safety rule is active or has a question open: those come first. What waits
    for another module, for an advisory rule or for a question of its own is not held by a gate and stays where it is.
    """
    if plan.withheld is not None or hard_rules_first(facts.counting(), plan):
        return frozenset()
    general = {reading.id for reading in plan.general_modules}
    return frozenset(
        match.id
        for match in plan.with_status(MatchStatus.NEXT)
        if match.waits_for and general.issuperset(match.waits_for) and all(reason.rule != START_QUESTION for reason in match.because)
    )


def passed_gates(proposal: PhasedPlan, choices: PlanChoices) -> dict[str, tuple[str, ...]]:
    """What each module that is begun by choice waits for in the proposal; those that no longer wait are left out."""
    waiting = {module: proposal.match(module).waits_for for module in choices.begun}
    return {module: names for module, names in waiting.items() if names}


def _refuse_begin(patient: Patient, others: PlanChoices, module: str) -> None:
    """Raise CannotBegin unless the module may be begun past its gates in the plan with the other choices, none of them to begin one."""
    known = work_out(patient, replace(others, begun={}), protocols=())
    if module not in startable(known.plan, known.facts):
        raise CannotBegin(hard_rules_first(known.facts.counting(), known.plan), known.plan.match(module).waits_for)


class CannotBegin(FivefoldError):
    """A module cannot be begun past what it waits for. For the person at the screen."""

    def __init__(self, hard_rules: tuple[str, ...], waits_for: tuple[str, ...]) -> None:
        self.hard_rules, self.waits_for = hard_rules, waits_for
        if hard_rules:
            super().__init__(
                _(
                    "Nothing is begun past a gate while a hard safety rule is active or has a question open (%(rules)s). "
                    "Ask the safety questions or record a reassessment first."
                )
                % {"rules": ", ".join(hard_rules)}
            )
        else:
            held = f"It waits for {', '.join(waits_for)}." if waits_for else "It waits for no gate as the plan stands."
            super().__init__(
                _("Only a module of this phase that waits for general modules alone can be begun with a reason. %(why)s See its reasons on the board.")
                % {"why": held}
            )


def not_to_be_declined(plan: PhasedPlan | None = None) -> frozenset[str]:
    """Modules that no choice leaves out: asking about suicide, and safety work that a hard rule brings to this plan."""
    brought: set[str] = {"S01"}
    if plan is not None:
        hard = {item.code for item in plan.overrides if item.kind is OverrideKind.HARD and item.status is OverrideStatus.ACTIVE}
        brought |= {name for rule in knowledge().overrides if rule.code in hard for name in rule.effects.brings}
    return frozenset(brought)


def _save(actor: Actor, patient: Patient, choices: PlanChoices, version: int) -> int:
    known = read_record(patient, clock.today())
    read_record(patient, clock.today(), changes=choices.as_changes(known))
    draft = draft_of(patient)
    if draft is None:
        draft = PlanDraft(clinic=actor.clinic, patient=patient, version=0, changed_by=actor.user)
    if draft.version != version:
        raise ChangedMeanwhile(choices_of(draft).stored(), draft.version, who=draft.changed_by.name)
    draft.content, draft.version, draft.changed_by = json.dumps(choices.stored(), ensure_ascii=False), draft.version + 1, actor.user
    draft.save()
    return draft.version


# ---- Signing -------------------------------------------------------------------------------------------------------------


def holes_of(plan: PhasedPlan, choices: PlanChoices) -> tuple[Hole, ...]:
    """Impairments at or above the threshold that no module answers and nobody has left open with a reason."""
    left_out = {match.id for match in plan.with_status(MatchStatus.NOT_INDICATED) if not match.declined}
    return tuple(
        Hole(entry.impairment, knowledge().impairments[entry.impairment].name, entry.because, entry.by)
        for entry in plan.coverage
        if entry.impairment not in choices.left_open
        and (
            (entry.status is CoverageStatus.DEFERRED and left_out.issuperset(entry.by))
            or (entry.status is CoverageStatus.UNKNOWN and _is_present(plan, entry.impairment))
        )
    )


def hindrances(plan: PhasedPlan, choices: PlanChoices | None = None) -> list[str]:
    """Why a plan cannot be signed: withheld, nothing known, or an impairment that nothing answers."""
    reasons = []
    if plan.withheld is not None:
        reasons.append(plan.withheld.message)
    if not any(reading.is_known for reading in plan.profile.impairments):
        reasons.append(_("Nothing is known of this patient yet: rate or measure at least one impairment."))
    holes = holes_of(plan, choices or PlanChoices())
    if holes:
        names = ", ".join(hole.name.lower() for hole in holes)
        reasons.append(_("Nothing in the plan answers: %(names)s. Choose a module, or leave it open with a reason.") % {"names": names})
    return reasons


def _is_present(plan: PhasedPlan, impairment: str) -> bool:
    threshold = knowledge().policy.plan.indicated_from.value - 0.5
    return any(reading.id == impairment and reading.level is not None and reading.level >= threshold for reading in plan.profile.impairments)


@clinical_act(Permission.SIGN_PLAN)
def sign_plan(
    actor: Actor,
    *,
    patient_id: uuid.UUID,
    version: int,
    patient_view: str,
    patient_words: str = "",
    review_on: date | None = None,
    after: int | None = None,
    about_formulation: Mapping[str, str] | None = None,
) -> PlanVersion:
    """Sign the plan as it stands with the draft's choices; it becomes a new version and replaces the one before.

    ``after`` is the number of the newest signed plan as the signer saw it (0: none): when another has been signed meanwhile,
    ChangedMeanwhile is raised and nothing is signed. ``about_formulation`` answers what the formulation asks, by module; what has no
    answer is kept as left open.
    """
    patient = patient_for(actor, patient_id, Permission.SIGN_PLAN)
    known = work_out(patient, with_draws=True)
    if known.draft_version != version:
        draft = draft_of(patient)
        raise ChangedMeanwhile(known.choices.stored(), known.draft_version, who=draft.changed_by.name if draft else "")
    last = PlanVersion.objects.filter(clinic=actor.clinic, patient=patient).select_related("signed_by").order_by("-number").first()
    number = last.number if last else 0
    if after is not None and after != number:
        signed_meanwhile = _("this plan: plan %(number)s has been signed") % {"number": number}
        raise ChangedMeanwhile({"number": number}, known.draft_version, signed_meanwhile, last.signed_by.name if last else "")
    reasons = [*hindrances(known.plan, known.choices), *known.held_words]
    if reasons:
        raise CannotSign(reasons)
    if patient_view not in VIEWS:
        raise NotAcceptable("The patient's view", _("agrees, agrees in part, disagrees, or not asked yet"))
    signed = PlanVersion(
        clinic=actor.clinic,
        patient=patient,
        number=number + 1,
        as_of=known.plan.as_of,
        protocol=known.plan.protocol,
        phase=known.plan.phase.overall.value,
        knowledge_version=known.plan.knowledge_version,
        knowledge_hash=known.plan.knowledge_hash,
        engine_version=known.plan.engine_version,
        signed_by=actor.user,
        signed_at=clock.now(),
        review_on=next_review(known.plan, review_on),
        patient_view=patient_view,
        replaces=last,
    )
    signed.proposal = plan_to_json(known.plan)
    signed.decisions = json.dumps(_decisions(patient, known, about_formulation or {}), sort_keys=True, ensure_ascii=False)
    signed.patient_words = patient_words.strip()
    signed.save()
    caseload.refresh(patient)
    return signed


def _decisions(patient: Patient, known: ProposedPlan, answers: Mapping[str, str]) -> dict[str, Any]:
    """What the clinician decided beside the proposal: choices, the gates they went past, the programme, and what the formulation asked."""
    protocols = chosen_protocols(patient)
    programme = {"programme": protocols[0].stored()} if protocols and protocols[0].is_told else {}
    said = kept_answers(asked_at_signing(patient, known.plan), answers)
    return known.choices.stored() | {"past": passed_gates(known.proposal, known.applied)} | programme | said


def latest_review(plan: PhasedPlan) -> date:
    """The last day on which a plan may be looked at again."""
    return plan.as_of + timedelta(days=MOST_DAYS_TO_REVIEW)


def next_review(plan: PhasedPlan, wanted: date | None) -> date:
    """By which day a plan that is signed or kept today is looked at again: as wanted, else as the plan proposes. Raises NotAcceptable."""
    if wanted is None:
        return min(plan.review.next_on, latest_review(plan))
    if not plan.as_of < wanted <= latest_review(plan):
        first = plan.as_of + timedelta(days=1)
        words = _("a day from %(first)s to %(last)s (at most %(most)s days)")
        raise NotAcceptable("Review", words % {"first": first.isoformat(), "last": latest_review(plan).isoformat(), "most": MOST_DAYS_TO_REVIEW})
    return wanted


# ---- Signed plans --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SignedVersion:
    """A signed plan as it was: who signed it and when, what was chosen, and what the patient said.

    ``past`` holds what each module that was begun by choice waited for in the proposal, ``programme`` the chosen programme with
    its reason, author and day (as ``ChosenProtocol.stored``), empty where there was nothing to tell. ``said`` is what was said of
    modules that the formulation questioned.
    """

    patient: Patient
    number: int
    plan: PhasedPlan
    choices: PlanChoices
    past: dict[str, tuple[str, ...]]
    programme: dict[str, str]
    signed_by: str
    signed_at: datetime
    review_on: date
    patient_view: str
    patient_words: str
    newest: int
    said: SaidOfFormulation


def _version(patient: Patient, number: int) -> SignedVersion:
    rows = PlanVersion.objects.filter(clinic_id=patient.clinic_id, patient=patient)
    row = rows.select_related("signed_by").filter(number=number).first()
    if row is None:
        raise NoSuchPlan
    newest = rows.order_by("-number").values_list("number", flat=True)[0]
    decisions = json.loads(row.decisions or "{}")
    return SignedVersion(
        patient,
        row.number,
        plan_from_json(row.proposal),
        PlanChoices.from_stored(decisions),
        {module: tuple(names) for module, names in decisions.get("past", {}).items()},
        decisions.get("programme", {}),
        row.signed_by.name,
        row.signed_at,
        row.review_on,
        row.patient_view,
        row.patient_words,
        newest,
        SaidOfFormulation.read(decisions.get("formulation", {})),
    )


def newest_signed(patient: Patient) -> SignedVersion | None:
    """The plan that holds now, None before the first; for acts that have checked access already."""
    number = PlanVersion.objects.filter(clinic_id=patient.clinic_id, patient=patient).aggregate(last=Max("number"))["last"]
    return _version(patient, number) if number else None


@clinical_act(Permission.SEE_RECORD, view=True)
def see_version(actor: Actor, *, patient_id: uuid.UUID, number: int) -> SignedVersion:
    """One signed plan as it was signed; raises NoSuchPlan."""
    return _version(patient_for(actor, patient_id, Permission.SEE_RECORD), number)


@clinical_act(Permission.EXPORT_RECORD, view=True)
def take_document(actor: Actor, *, patient_id: uuid.UUID, number: int, copy: Copy) -> tuple[SignedVersion, KnowledgeBase]:
    """What the document of a signed plan is made from. That it was taken is audited; ``print_document`` sets it."""
    return _version(patient_for(actor, patient_id, Permission.EXPORT_RECORD), number), knowledge()


def print_document(taken: tuple[SignedVersion, KnowledgeBase], copy: Copy) -> bytes:
    """A signed plan as PDF, for the clinician or in plain words for the patient. Outside the act: setting takes a while."""
    version, known = taken
    return render_pdf(version.plan, known, copy=copy, decided=what_was_decided(version, known))


def what_was_decided(version: SignedVersion, known: KnowledgeBase) -> list[tuple[str, str, str]]:
    """What was decided beside the proposal, for print: about what, how, why."""
    found = []
    for choice in version.choices.all():
        named = known.modules.get(choice.target) or known.impairments.get(choice.target)
        waits_for = ", ".join(known.general_modules[name].short_name if name in known.general_modules else name for name in version.past.get(choice.target, ()))
        how = f"{CHOICE_WORDS[choice.how]}; waits for {waits_for}" if waits_for else str(CHOICE_WORDS[choice.how])
        found.append((named.name if named else choice.target, how, choice.reason))
    for module, words in {**version.said.answers, **dict.fromkeys(version.said.left, "")}.items():
        named = known.modules.get(module)
        found.append((named.name if named else module, f"questioned by formulation {version.said.number}", words or f"left open by {version.signed_by}"))
    if version.programme:
        found.append(
            (version.programme["name"], f"programme chosen on {version.programme['on']} by {version.programme['author']}", version.programme["reason"])
        )
    return found


def signed_choices(row: PlanVersion) -> PlanChoices:
    """The choices of a signed plan; for acts that have checked access already."""
    return PlanChoices.from_stored(json.loads(row.decisions or "{}"))


@dataclass(frozen=True)
class ListedVersion:
    """One line in the list of signed plans."""

    number: int
    phase_name: str
    protocol_name: str
    signed_by: str
    signed_at: datetime
    review_on: date
    patient_view: str


@clinical_act(Permission.SEE_RECORD, view=True)
def see_version_list(actor: Actor, *, patient_id: uuid.UUID) -> tuple[Patient, list[ListedVersion]]:
    """The patient and all signed plans, the newest first; nothing that is sealed in them is opened."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    rows = PlanVersion.objects.filter(clinic=actor.clinic, patient=patient).select_related("signed_by").defer("proposal_sealed", "decisions_sealed")
    known = knowledge()
    return patient, [
        ListedVersion(
            number=row.number,
            phase_name=known.phases[PhaseId(row.phase)].name,
            protocol_name=known.protocols[row.protocol].name if row.protocol in known.protocols else row.protocol,
            signed_by=row.signed_by.name,
            signed_at=row.signed_at,
            review_on=row.review_on,
            patient_view=row.patient_view,
        )
        for row in rows.order_by("-number")
    ]


@dataclass(frozen=True)
class VersionDifference:
    """What differs between two signed plans: the plan, and the choices of those who signed."""

    earlier: SignedVersion
    later: SignedVersion
    revision: PlanRevision
    choices_added: tuple[Choice, ...]
    choices_gone: tuple[Choice, ...]


@clinical_act(Permission.SEE_RECORD, view=True)
def see_versions(actor: Actor, *, patient_id: uuid.UUID) -> list[PlanVersion]:
    """All signed plans of a patient, the newest first, without opening what is sealed in them."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    return list(PlanVersion.objects.filter(clinic=actor.clinic, patient=patient).select_related("signed_by").order_by("-number"))


@clinical_act(Permission.SEE_RECORD, view=True)
def compare_versions(actor: Actor, *, patient_id: uuid.UUID, earlier: int, later: int) -> VersionDifference:
    """What differs between two signed plans; raises NoSuchPlan."""
    patient = patient_for(actor, patient_id, Permission.SEE_RECORD)
    old, new = _version(patient, earlier), _version(patient, later)
    before, after = old.choices.all(), new.choices.all()
    return VersionDifference(
        old,
        new,
        propose_revision(old.plan, new.plan),
        tuple(choice for choice in after if choice not in before),
        tuple(choice for choice in before if choice not in after),
    )
