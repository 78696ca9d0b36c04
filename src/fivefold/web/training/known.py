"""What is known of a case, in the words and the order of the assessment pages; what is not known says so."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from fivefold.concepts.assessment import Assessment, EventRecord, MedicationRecord, ModuleRecord, ScoreEntry
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.question_words import CONTEXT_WORDS, DEPENDANT_WORDS, READINESS_WORDS, RISK_WORDS
from fivefold.concepts.scores import level_word
from fivefold.concepts.vocabulary import DIAGNOSES, RISK_QUESTIONS, Answer
from fivefold.documents.html.formats import number
from fivefold.documents.html.words import STAGE_WORDS
from fivefold.web.assessment import words

MARKS = {True: "watch", False: "open", None: "unknown"}


@dataclass(frozen=True)
class KnownLine:
    """One thing that is known, or asked and not known: its mark, what it is about, and what is known of it."""

    mark: str
    what: str
    says: str
    note: str = ""


@dataclass(frozen=True)
class KnownPart:
    """Lines under a heading, and what nothing is known of."""

    title: str
    lines: tuple[KnownLine, ...]
    not_known: tuple[str, ...] = ()


def known_of(case: Assessment, knowledge: KnowledgeBase) -> list[KnownPart]:
    """Everything that is known, safety first; a part without anything is left out, the safety questions never."""
    parts = [
        KnownPart(_("Safety questions"), tuple(_risk(case)), tuple(_(RISK_WORDS[name][0]) for name in RISK_QUESTIONS if name not in case.risk)),
        KnownPart(_("What has happened, and what lies ahead"), tuple(_happened(case))),
        *_ratings(case, knowledge),
        KnownPart(_("Questionnaires"), tuple(_scores(case, knowledge))),
        KnownPart(_("The person and life around"), tuple(_around(case))),
        KnownPart(_("How treatment holds"), tuple(_general(case, knowledge))),
        KnownPart(_("Treatment so far"), tuple(_treatment(case, knowledge))),
    ]
    return [part for place, part in enumerate(parts) if part.lines or part.not_known or place == 0]


def _answer(value: Answer) -> str:
    return {True: _("yes"), False: _("no"), None: _("not known")}[value]


def _asked(group: dict[str, Answer], texts: dict[str, tuple[str, str]]) -> Iterator[KnownLine]:
    for name, value in group.items():
        yield KnownLine(MARKS[None] if value is None else "none", _(texts[name][0]), _answer(value))


def _risk(case: Assessment) -> Iterator[KnownLine]:
    for name in RISK_QUESTIONS:
        if name in case.risk:
            yield KnownLine(MARKS[case.risk[name].value], _(RISK_WORDS[name][0]), _answer(case.risk[name].value))
    for decided, said in ((case.cleared, _("reassessed and cleared")), (case.overruled, _("overruled with a reason"))):
        for one in decided:
            yield KnownLine("done", one.code, said, one.reason)


def _happened(case: Assessment) -> Iterator[KnownLine]:
    names = dict(words.EVENTS)
    for event in case.events:
        looked = {True: _("looked at with the patient"), False: _("not yet looked at"), None: _("not known whether looked at")}[event.assessed]
        yield KnownLine("none", f"{names.get(event.kind, event.kind)}{f' × {event.count}' if event.count != 1 else ''}", f"{_ago(event)}, {looked}", event.note)
    ahead = dict(words.UPCOMING)
    for coming in case.upcoming:
        when = _("day not known") if coming.days_ahead is None else _("in %(n)d days") % {"n": coming.days_ahead}
        yield KnownLine("next", str(ahead.get(coming.kind, coming.kind)), when, coming.note)


def _ago(event: EventRecord) -> str:
    if event.days_ago_from is None:
        return _("day not known")
    if event.days_ago_to in (None, event.days_ago_from):
        return _("%(n)d days ago") % {"n": event.days_ago_from}
    low, high = sorted((event.days_ago_from, event.days_ago_to or event.days_ago_from))
    return _("%(low)d to %(high)d days ago") % {"low": low, "high": high}


def _ratings(case: Assessment, knowledge: KnowledgeBase) -> Iterator[KnownPart]:
    for domain in sorted(knowledge.domains.values(), key=lambda one: one.order):
        inside = [one for one in knowledge.impairments.values() if knowledge.domain_of[one.id] is domain.id]
        lines = []
        for one in inside:
            rating = case.ratings.get(one.id)
            if rating is not None and rating.severity is not None:
                level = _("%(word)s, %(level)s of 4") % {"word": _(level_word(one.id, rating.severity)), "level": number(rating.severity)}
                lines.append(KnownLine("none", one.name, level, rating.note))
        known = {line.what for line in lines}
        yield KnownPart(domain.name, tuple(lines), tuple(one.name for one in inside if one.name not in known))


def _scores(case: Assessment, knowledge: KnowledgeBase) -> Iterator[KnownLine]:
    for score in case.scores:
        instrument = knowledge.instruments.get(score.instrument)
        yield KnownLine("none", instrument.name if instrument else score.instrument, _score(score))
    for other in case.other_results:
        yield KnownLine("none", other.name, str(other.value), _("kept as a note, never scored"))
    for report in case.expected_reports:
        instrument = knowledge.instruments.get(report.instrument)
        late = _("overdue") if report.overdue and report.received is not True else _answer(report.received)
        yield KnownLine("watch" if report.overdue else "none", _("Report due: %s") % (instrument.name if instrument else report.instrument), late)


def _score(score: ScoreEntry) -> str:
    if score.items is not None:
        return _("answers: %s") % " ".join("–" if answer is None else f"{answer:g}" for answer in score.items)
    parts = [f"{name.replace('_', ' ')} {value:g}" for name, value in score.scales.items()]
    parts += [f"{score.value:g}"] if score.value is not None else []
    return ", ".join(parts) or score.band or _("not known")


def _around(case: Assessment) -> Iterator[KnownLine]:
    person = case.patient
    age = f"{person.age:g}" if person.age is not None else f"{person.age_from:g} to {person.age_to:g}" if person.age_from and person.age_to else _("not known")
    yield KnownLine("none", _("Age in years"), age)
    settings = dict(words.SETTINGS)
    if case.setting:
        yield KnownLine("none", _("Where the patient is seen"), str(settings.get(case.setting, case.setting)))
    for name in person.adaptations:
        yield KnownLine("none", _("Adaptation"), str(dict(words.ADAPTATIONS).get(name, name)))
    for diagnosis in case.diagnoses:
        status = str(dict(words.STATUSES).get(diagnosis.status, diagnosis.status))
        yield KnownLine("none", _("Diagnosis"), f"{_(DIAGNOSES.get(diagnosis.code, diagnosis.code))}, {status}", diagnosis.text)
    yield from _drugs(case.medication)
    yield from _asked(case.context, CONTEXT_WORDS)
    carers = {"available": _("Are there carers or family who could take part?"), "consent": _("Does the patient agree that they are involved?")}
    for name, value in case.carers.items():
        yield KnownLine(MARKS[None] if value is None else "none", carers[name], _answer(value))
    yield from _asked(case.dependants, DEPENDANT_WORDS)
    if case.resilience.level:
        yield KnownLine("none", _("Resilience"), str(dict(words.RESILIENCE)[case.resilience.level.value]))


def _drugs(medication: tuple[MedicationRecord, ...] | None) -> Iterator[KnownLine]:
    if medication is not None and not medication:
        yield KnownLine("none", _("Medication"), str(words.NO_DRUG[0][1]))
    for drug in medication or ():
        parts = [str(dict(words.MEDICATION).get(drug.drug_class, drug.drug_class)), _("for %s") % drug.target if drug.target else _("no target recorded")]
        yield KnownLine("none", _("Medication"), ", ".join([*parts, *([_("stopped")] if drug.stopped else [])]))


def _general(case: Assessment, knowledge: KnowledgeBase) -> Iterator[KnownLine]:
    states = dict(words.GENERAL)
    for name, state in case.general_modules.items():
        if name in knowledge.general_modules:
            yield KnownLine("none", f"{name} {knowledge.general_modules[name].name}", str(states[state.value]))


def _treatment(case: Assessment, knowledge: KnowledgeBase) -> Iterator[KnownLine]:
    if case.previous_phase is not None:
        yield KnownLine("none", _("Phase as it was last recorded"), knowledge.phases[case.previous_phase].name)
    for record in case.modules.values():
        module = knowledge.modules.get(record.id)
        yield KnownLine("none", f"{record.id} {module.short_name if module else ''}", ", ".join(_stage(record)))
    yield from _asked(case.readiness, READINESS_WORDS)
    if case.planned_sessions is not None:
        said = _("%(missed)s of %(planned)s missed") % {"missed": number(case.missed_sessions or 0), "planned": number(case.planned_sessions)}
        yield KnownLine("none", _("Last sessions"), said)
    outcomes = dict(words.OUTCOMES)
    for earlier in case.history:
        yield KnownLine("none", earlier.treatment, str(outcomes.get(earlier.outcome or "unknown", earlier.outcome)))
    if case.course:
        yield KnownLine("none", _("How it has gone so far"), str(dict(words.COURSES).get(case.course, case.course)))
    for title, wanted in ((_("What the patient wants first"), case.priorities), (_("What the patient does not want"), case.not_wanted)):
        if wanted:
            yield KnownLine("none", title, ", ".join(_wanted(wanted, knowledge)))
    frame = case.treatment
    for title, value in ((_("Sessions a week"), frame.sessions_per_week), (_("Sessions available in all"), frame.sessions_available)):
        if value is not None:
            yield KnownLine("none", title, number(value))


def _stage(record: ModuleRecord) -> Iterator[str]:
    if record.stage is not None:
        yield _(STAGE_WORDS[record.stage])
    if record.paused is not None:
        yield _("paused: %s") % dict(words.EVENTS).get(record.paused.reason, record.paused.reason)
    if record.declined_by_patient or record.declined_by_clinician:
        yield _("declined")
    if record.deferred_reason:
        yield _("put off: %s") % record.deferred_reason


def _wanted(names: Iterable[str], knowledge: KnowledgeBase) -> Iterator[str]:
    forms = dict(words.FORMATS)
    for name in names:
        known = knowledge.impairments.get(name)
        module = knowledge.modules.get(name)
        yield known.name if known else module.short_name if module else str(forms.get(name, name))
