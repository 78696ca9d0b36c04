"""Pages of the assessment. Each shows what is known, keeps what was typed when something is wrong, and records only what changed."""

import uuid
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from fivefold.concepts.errors import FivefoldError, InputRefused
from fivefold.documents.html.formats import minutes_words
from fivefold.services import assessments, drafts
from fivefold.services.access import Permission, ReasonMissing
from fivefold.services.assessments import ReassessmentNeeded, SeenAssessment
from fivefold.services.instruments import item_texts
from fivefold.services.knowledge import knowledge
from fivefold.services.patients import NotAcceptable
from fivefold.services.record_file import NO_DRUG, KnownFact, NewFact
from fivefold.web.assessment import facts as fact_words
from fivefold.web.assessment import forms, questions, rows, safety_page, score_page, words
from fivefold.web.assessment import overview as glance
from fivefold.web.pages import PageRequest, page
from fivefold.web.ui.nav import patient_url
from fivefold.web.ui.terms import LICENCES

MINUTES = {"5": 5, "10": 10, "20": 20}
FORM = require_http_methods(["GET", "HEAD", "POST"])


def _context(seen: SeenAssessment, part: str, **more: Any) -> dict[str, Any]:
    """What every page of the assessment shows: the patient, the parts, and safety first."""
    every = glance.parts(seen)
    base = {"tab": "assessment", "part": "caseload", "patient": seen.patient, "seen": seen, "parts": every, "here": part, "today": seen.today}
    return base | {"danger": safety_page.danger(seen), "next_part": glance.next_part(every, part), **more}


def _told_on(request: PageRequest, seen: SeenAssessment) -> tuple[date, str]:
    """The day for which something is entered, today when none is named; and what is wrong with it."""
    written = request.POST.get("on", "").strip()
    if not written:
        return seen.today, ""
    try:
        on = date.fromisoformat(written)
    except ValueError:
        return seen.today, _("Day: you entered “%(value)s”. Expected a day such as %(today)s.") % {"value": written[:20], "today": seen.today.isoformat()}
    if on > seen.today:
        return on, _("Day: you entered %(value)s. Expected today or earlier.") % {"value": on.isoformat()}
    return on, ""


def _refusals(error: InputRefused) -> list[str]:
    """Problems as sentences: what, value, expected, next step."""
    found = []
    for problem in error.problems:
        value = _("found %s, ") % problem.value if problem.value else ""
        found.append(f"{problem.key.replace('_', ' ')}: {value}{_('expected %s.') % problem.expected} {problem.remedy}")
    return found


def _saved(request: PageRequest, count: int) -> None:
    if count:
        messages.success(request, ngettext("%d entry recorded.", "%d entries recorded.", count) % count)
    else:
        messages.success(request, _("Nothing was changed, nothing was recorded."))


def _go_on(request: PageRequest, patient_id: uuid.UUID, part: str) -> HttpResponseBase:
    """To the next part that is not finished, or stay where "save" was pressed."""
    drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
    if request.POST.get("stay"):
        return redirect(request.path)
    following = glance.next_part(glance.parts(assessments.see_assessment(request.actor, patient_id=patient_id)), part)
    return redirect(following.url if following else patient_url("assessment", patient_id))


# ---- Overview ------------------------------------------------------------------------------------------------------------------


@page(Permission.SEE_RECORD)
@require_safe
def overview(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """What is known, how old, how sure, from whom; what is not; and what to ask in the minutes there are."""
    seen = assessments.see_assessment(request.actor, patient_id=patient_id)
    context = _context(seen, "assessment")
    every = context["parts"]
    minutes = MINUTES.get(request.GET.get("minutes", ""), 10)
    context |= {
        "lead": glance.lead(seen, every),
        "next_part": glance.next_part(every),
        "domains": glance.domains(seen),
        "batteries": glance.batteries(seen, minutes),
        "best": glance.asked_next(seen.plan.next_best_measures[0], seen) if seen.plan.next_best_measures else None,
        "open_modules": sum(match.status.value == "unclear" for match in seen.plan.modules),
    }
    return render(request, "assessment/overview.html", context)


# ---- Safety --------------------------------------------------------------------------------------------------------------------


@page(Permission.SEE_RECORD)
@FORM
def safety(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """The safety questions, each saved on its own, and what follows from a yes; reassessing and overruling with a reason."""
    trouble: list[str] = []
    reasons: dict[str, str] = {}
    if request.method == "POST":
        act = _reassess if request.POST.get("decide") else _answer
        trouble = act(request, patient_id)
        if not trouble:
            stays = any(request.POST.get(name) for name in ("decide", "only", "none"))
            return redirect(request.path) if stays else _go_on(request, patient_id, "assessment_safety")
        reasons = {request.POST.get("code", ""): request.POST.get("reason", "")}
    seen = assessments.see_assessment(request.actor, patient_id=patient_id)
    typed = request.POST if trouble and not request.POST.get("decide") else None
    context = _context(
        seen, "assessment_safety", groups=safety_page.groups(seen, typed, reasons), trouble=trouble, on=request.POST.get("on") or seen.today.isoformat()
    )
    return render(request, "assessment/safety.html", context, status=422 if trouble else 200)


def _answer(request: PageRequest, patient_id: uuid.UUID) -> list[str]:
    """Record answers, each as an act of its own, so that one that cannot be taken does not hold back another."""
    seen = assessments.see_assessment(request.actor, patient_id=patient_id)
    on, problem = _told_on(request, seen)
    if problem:
        return [problem]
    troubles, count = [], 0
    # A yes goes first: whatever is wrong with the rest, it counts.
    for name, answer in sorted(safety_page.answers(request.POST, seen).items(), key=lambda pair: pair[1] is not True):
        try:
            count += len(assessments.answer_risk(request.actor, patient_id=patient_id, answers={name: answer}, on=on))
        except ReassessmentNeeded as error:
            troubles.append(f"{questions.risk_question(name).text} {error}")
    asked = questions.dependant_questions() if request.POST.get("only", "dependants.").startswith("dependants.") and not request.POST.get("none") else []
    entered = rows.changes(asked, seen, request.POST, on)
    try:
        count += len(_change(request, patient_id, entered)) if entered.facts else 0
    except InputRefused as error:
        troubles += _refusals(error)
    if count and not troubles:
        messages.success(request, ngettext("%d answer recorded.", "%d answers recorded.", count) % count)
    return troubles


def _reassess(request: PageRequest, patient_id: uuid.UUID) -> list[str]:
    act = assessments.overrule_override if request.POST.get("decide") == "overrule" else assessments.clear_override
    reason = request.POST.get("reason", "")
    try:
        act(request.actor, patient_id=patient_id, code=request.POST.get("code", ""), reason=reason)
    except ReasonMissing:
        return [
            _("Reason: you wrote %d characters. Expected what you saw and asked, in a sentence of at least 10: colleagues will rely on it.")
            % len(reason.strip())
        ]
    except (NotAcceptable, InputRefused) as error:
        return [str(error)]
    messages.success(request, _("Recorded with your reason. What comes after it opens the rule again."))
    return []


def _change(request: PageRequest, patient_id: uuid.UUID, entered: rows.Entered) -> list[Any]:
    found = assessments.change_facts(  # type: ignore[call-arg]  # the act's wrapper takes the key
        request.actor, patient_id=patient_id, facts=entered.facts, seen=entered.seen, once=request.POST.get("once")
    )
    return found or []


# ---- Rows: ratings, criteria, context ------------------------------------------------------------------------------------------


def _record(request: PageRequest, patient_id: uuid.UUID, entered: rows.Entered, extra: list[NewFact]) -> list[str]:
    """Record what changed; gives what is wrong, and then nothing is recorded."""
    if entered.errors:
        return [_("Something needs another look; nothing has been recorded yet.")]
    entered.facts += extra
    try:
        if entered.facts:
            _change(request, patient_id, entered)
    except InputRefused as error:
        return _refusals(error)
    _saved(request, len(entered.facts))
    return []


@page(Permission.SEE_RECORD)
@FORM
def ratings(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """The impairments by domain with levels 0 to 4 or not known; what they mean on request; a note; which rating decides."""
    seen = assessments.see_assessment(request.actor, patient_id=patient_id)
    asked = questions.rating_questions()
    every = [question for group in asked.values() for question in group]
    entered, trouble = rows.Entered(), []
    if request.method == "POST":
        on, problem = _told_on(request, seen)
        entered = rows.changes(every, seen, request.POST, on)
        trouble = [problem] if problem else _record(request, patient_id, entered, [])
        if not trouble:
            return _go_on(request, patient_id, "assessment_ratings")
    typed = request.POST if trouble else None
    groups = [(knowledge().domains[domain], rows.rows_of(group, seen, typed, entered.errors)) for domain, group in asked.items()]
    context = _context(seen, "assessment_ratings", groups=groups, trouble=trouble, on=request.POST.get("on") or seen.today.isoformat())
    return render(request, "assessment/ratings.html", context, status=422 if trouble else 200)


@page(Permission.SEE_RECORD)
@FORM
def criteria(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """The nine criteria, and diagnoses with status and source."""
    return _rows_and_lists(
        request, patient_id, "assessment_criteria", lambda: {_("Criteria of borderline personality disorder (DSM-5)"): questions.criterion_questions()},
        {"diagnosis": _("Diagnoses")},
    )  # fmt: skip


@page(Permission.SEE_RECORD)
@FORM
def events(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """What happened, what is coming, which reports are awaited."""
    lists = {"event": _("What happened"), "upcoming": _("What is coming"), "expected_report": _("Expected reports")}
    return _rows_and_lists(request, patient_id, "assessment_events", dict, lists)


@page(Permission.SEE_RECORD)
@FORM
def context(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """The frame, the people around, how treatment holds, resilience, wishes, drugs, earlier treatments."""
    return _rows_and_lists(
        request, patient_id, "assessment_context", questions.context_questions,
        {"medication": _("Medication"), "history": _("Earlier treatments"), "other_result": _("Other results, kept as a note and never scored")},
    )  # fmt: skip


TITLES = {
    "assessment_criteria": "Criteria and diagnoses",
    "assessment_events": "Events",
    "assessment_context": "Frame, people, wishes",
}


def _rows_and_lists(
    request: PageRequest, patient_id: uuid.UUID, part: str, asked_of: Callable[[], Mapping[str, list[rows.Question]]], kinds: Mapping[str, str]
) -> HttpResponseBase:
    """A page of questions with one answer each and of lists to which entries are added."""
    seen = assessments.see_assessment(request.actor, patient_id=patient_id)
    asked = asked_of()
    every = [question for group in asked.values() for question in group]
    entered, trouble = rows.Entered(), []
    posted = request.method == "POST"
    entry_forms = {kind: _entry_form(kind, request.POST if posted else None, prefix=kind) for kind in kinds}
    if posted:
        on, problem = _told_on(request, seen)
        entered = rows.changes(every, seen, request.POST, on)
        extra = _attendance(request, seen, on, entered) if part == "assessment_context" else []
        filled = [form for form in entry_forms.values() if not form.is_empty]
        valid = [form.is_valid() for form in filled]  # each of them, so that every problem is shown
        if all(valid):
            extra += [_placed(form.fact(on), seen) for form in filled]
        else:
            entered.errors["entry"] = _("An entry needs another look.")
        trouble = [problem] if problem else _record(request, patient_id, entered, extra)
        if not trouble:
            return _go_on(request, patient_id, part)
    typed = request.POST if trouble else None
    more = {
        "title": _(TITLES[part]),
        "groups": [(name, rows.rows_of(group, seen, typed, entered.errors)) for name, group in asked.items()],
        "lists": [(name, kind, fact_words.entries(seen.all_of(kind), seen), entry_forms[kind]) for kind, name in kinds.items()],
        "attendance": _attendance_values(seen, typed, entered.errors) if part == "assessment_context" else None,
        "trouble": trouble,
        "on": request.POST.get("on") or seen.today.isoformat(),
    }
    return render(request, "assessment/rows.html", _context(seen, part, **more), status=422 if trouble else 200)


def _entry_form(kind: str, data: Any, *, prefix: str, initial: dict[str, Any] | None = None) -> forms.EntryForm:
    more: dict[str, Any] = {"instruments": {one.id: one.name for one in knowledge().instruments.values()}} if kind == "expected_report" else {}
    return forms.FORMS[kind](data, prefix=prefix, initial=initial, **more)


def _placed(fact: NewFact, seen: SeenAssessment) -> NewFact:
    """A new entry beside those of the same kind: a second drug of a class, a further treatment."""
    taken = {known.key for known in seen.all_of(fact.kind)}
    if fact.kind == "history":
        return NewFact(fact.kind, str(len(taken)), fact.value, fact.true_on, note=fact.note)
    if fact.kind == "medication" and fact.key in taken and fact.key != NO_DRUG:
        return NewFact(fact.kind, f"{fact.key} {len(taken) + 1}", fact.value, fact.true_on, note=fact.note)
    return fact


def _attendance_values(seen: SeenAssessment, typed: Mapping[str, Any] | None, errors: Mapping[str, str]) -> dict[str, Any]:
    fact = seen.known("attendance")
    value = fact.value if fact is not None and isinstance(fact.value, dict) else {}
    source = {"planned": typed.get("planned", ""), "missed": typed.get("missed", "")} if typed is not None else value
    return {"planned": source.get("planned", ""), "missed": source.get("missed", ""), "fact": fact, "error": errors.get("attendance", "")}


def _attendance(request: PageRequest, seen: SeenAssessment, on: date, entered: rows.Entered) -> list[NewFact]:
    """Planned and missed sessions, when they were changed."""
    fact = seen.known("attendance")
    shown = fact.value if fact is not None and isinstance(fact.value, dict) else {}
    written = {name: request.POST.get(name, "").strip() for name in ("planned", "missed")}
    if all(str(shown.get(name, "")) == written[name] for name in written):
        return []
    if not all(value.isascii() and value.isdigit() and len(value) < 4 for value in written.values()) or int(written["missed"]) > int(written["planned"]):
        entered.errors["attendance"] = (
            _("You entered “%(planned)s” planned and “%(missed)s” missed. Expected two whole numbers, no more missed than planned.") % written
        )
        return []
    return [NewFact("attendance", "", {name: int(value) for name, value in written.items()}, on)]


# ---- Scores --------------------------------------------------------------------------------------------------------------------


@page(Permission.SEE_RECORD)
@require_safe
def scores(request: PageRequest, patient_id: uuid.UUID) -> HttpResponseBase:
    """Every instrument, to be found by name or subject; results so far."""
    seen = assessments.see_assessment(request.actor, patient_id=patient_id)
    search = request.GET.get("q", "").strip()[:60]
    results = fact_words.entries(seen.all_of("score"), seen)
    names = {fact.id: knowledge().instruments[fact.key].name for fact in seen.all_of("score") if fact.key in knowledge().instruments}
    context = _context(
        seen, "assessment_scores", search=search, listed=score_page.listed(seen, search), results=[(names.get(entry.id, ""), entry) for entry in results]
    )
    return render(request, "assessment/scores.html", context)


@page(Permission.SEE_RECORD)
@FORM
def score(request: PageRequest, patient_id: uuid.UUID, instrument: str) -> HttpResponseBase:
    """Enter one result: answers, a total, scale values or a band; what it comes to is shown before it is recorded."""
    known = knowledge().instruments.get(instrument)
    if known is None:
        raise Http404
    seen = assessments.see_assessment(request.actor, patient_id=patient_id)
    corrected = seen.by_id(request.POST.get("corrects") or request.GET.get("corrects", ""))
    corrected = corrected if corrected is not None and (corrected.kind, corrected.key) == ("score", instrument) else None
    typed: Mapping[str, Any] = request.POST if request.method == "POST" else score_page.typed_of(corrected.value) if corrected else {}
    on, problem = _told_on(request, seen) if request.method == "POST" else (corrected.true_on if corrected else seen.today, "")
    entry = score_page.entry_of(known, typed, on)
    preview, problems = score_page.look(entry, max(seen.today, on))
    errors, trouble = score_page.problem_words(problems)
    trouble += [problem] if problem else []
    if request.method == "POST" and request.POST.get("save") and not trouble:
        trouble = _save_score(request, patient_id, entry, on, corrected.id if corrected else None)
        if not trouble:
            drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
            return redirect(patient_url("assessment_safety" if preview and preview.signs else "assessment_scores", patient_id))
    texts = item_texts(request.actor, instrument)
    context = _context(
        seen, "assessment_scores", instrument=known, items=score_page.items(known, texts, typed, errors), has_texts=bool(texts), typed=typed,
        scales=score_page.scale_fields(known, typed, errors), bands=score_page.band_choices(known, typed), errors=errors, trouble=trouble, on=on.isoformat(),
        result=score_page.shown(preview) if preview else [], signs=preview.signs if preview else (), corrected=corrected,
        minutes=minutes_words(known.minutes.value), main=known.scale("total") or known.scales[0],
        earlier=fact_words.entries([fact for fact in seen.all_of("score") if fact.key == instrument], seen), licence=LICENCES[known.licence.letter.value],
    )  # fmt: skip
    refused = bool(trouble) and bool(request.POST.get("save"))
    return render(request, "assessment/score.html", context, status=422 if refused else 200)


def _save_score(request: PageRequest, patient_id: uuid.UUID, entry: dict[str, Any] | None, on: date, corrects: str | None) -> list[str]:
    if entry is None:
        return [_("Nothing was entered. Expected answers to items, a total, scale values or a band: fill in one of them.")]
    value = {name: part for name, part in entry.items() if name != "date"}
    fact = NewFact("score", str(entry["instrument"]), value, on, note=request.POST.get("note", "").strip(), corrects=corrects)
    try:
        assessments.record_facts(request.actor, patient_id=patient_id, facts=[fact], once=request.POST.get("once"))  # type: ignore[call-arg]
    except InputRefused as error:
        return score_page.problem_words(error.problems)[1]
    messages.success(request, _("%s recorded.") % knowledge().instruments[str(entry["instrument"])].name)
    return []


# ---- One fact ------------------------------------------------------------------------------------------------------------------


@page(Permission.SEE_RECORD)
@FORM
def fact(request: PageRequest, patient_id: uuid.UUID, fact_id: uuid.UUID) -> HttpResponseBase:
    """One fact with its history; correct it by a new one that points at it, or withdraw it with a reason."""
    try:
        known = assessments.see_fact(request.actor, patient_id=patient_id, fact_id=fact_id)
    except assessments.NoSuchFact:
        raise Http404 from None
    seen = assessments.see_assessment(request.actor, patient_id=patient_id)
    is_programme = (known.kind, known.key) == ("treatment", "protocol")
    question = None if is_programme else questions.question_for(known.kind, known.key)
    form = None
    if question is None and known.kind in forms.FORMS:
        initial = forms.FORMS[known.kind].initial_of(known.entry.value, known.entry.note, known.entry.true_on)
        form = _entry_form(known.kind, request.POST if request.POST.get("do") == "correct" else None, prefix="entry", initial=initial)
    trouble: list[str] = []
    if request.method == "POST":
        act = _withdraw if request.POST.get("do") == "withdraw" else _correct
        trouble = act(request, patient_id, known, seen, question, form)
        if not trouble:
            return redirect(patient_url("assessment", patient_id) if not request.POST.get("back") else request.path)
    chain, others = fact_words.history(known)
    row = rows.rows_of([question], seen, request.POST if trouble and request.POST.get("do") == "correct" else None)[0] if question else None
    context = _context(
        seen, "assessment", fact=known, name=fact_words.fact_name(known.kind, known.key), kind=words.KINDS[known.kind], chain=chain, others=others,
        row=_with_entry(row, question, known) if row and question and not trouble else row, form=form, trouble=trouble, counts=known.entry.state == "counts",
        reason=request.POST.get("reason", ""), on=request.POST.get("on") or known.entry.true_on.isoformat(), is_score=known.kind == "score",
        is_programme=is_programme,
    )  # fmt: skip
    return render(request, "assessment/fact.html", context, status=422 if trouble else 200)


def _with_entry(row: rows.Row, question: rows.Question, known: assessments.SeenFact) -> rows.Row:
    """The row with what this very fact says, which need not be the newest."""
    entry = KnownFact(known.entry.id, known.kind, known.key, known.entry.value, known.entry.note, known.entry.true_on, known.entry.recorded_at, 0)
    return rows.row_of_fact(row, question, entry)


def _withdraw(request: PageRequest, patient_id: uuid.UUID, known: assessments.SeenFact, *_rest: object) -> list[str]:
    reason = request.POST.get("reason", "").strip()
    if len(reason) < assessments.SHORTEST_REASON:
        return [_("Reason: you wrote %d characters. Expected in a sentence of at least 10 why this should not have been recorded.") % len(reason)]
    assessments.withdraw_fact(request.actor, patient_id=patient_id, fact_id=uuid.UUID(known.entry.id), reason=reason)
    messages.success(request, _("Withdrawn. The entry stays readable in its history."))
    return []


def _correct(
    request: PageRequest, patient_id: uuid.UUID, known: assessments.SeenFact, seen: SeenAssessment, question: rows.Question | None, form: forms.EntryForm | None
) -> list[str]:
    on, problem = _told_on(request, seen)
    if problem:
        return [problem]
    if known.entry.state != "counts":
        return [_("This entry has been corrected or withdrawn meanwhile. Correct the newest line instead.")]
    if question is not None:
        entered = rows.changes([question], seen, _as_shown(request.POST, question, known), on)
        if entered.errors:
            return list(entered.errors.values())
        new = entered.facts[0] if entered.facts else None
    elif form is not None and form.is_valid() and not form.is_empty:
        new = form.fact(on)
    else:
        return [_("Nothing that can be recorded was entered. Fill in the form, or withdraw the entry.")]
    if new is None:
        return [_("Nothing was changed. Choose another answer, or withdraw the entry.")]
    try:
        fresh = NewFact(known.kind, known.key, new.value, new.true_on, note=new.note, corrects=known.entry.id)
        assessments.record_facts(request.actor, patient_id=patient_id, facts=[fresh], once=request.POST.get("once"))  # type: ignore[call-arg]
    except FivefoldError as error:
        return _refusals(error) if isinstance(error, InputRefused) else [str(error)]
    messages.success(request, _("Corrected. The earlier entry stays readable in its history."))
    return []


def _as_shown(typed: Any, question: rows.Question, known: assessments.SeenFact) -> Any:
    """What was typed, with the fact that was shown; a changed day is a change, too."""
    copy = typed.copy()
    copy[f"was.{question.name}"] = known.entry.id
    if typed.get("on") and typed["on"] != known.entry.true_on.isoformat():
        copy[f"again.{question.name}"] = "yes"
    return copy
