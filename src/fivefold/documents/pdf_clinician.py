"""What stands on the clinician's copy of the plan: the fourteen parts of a treatment plan, as content for a template.

Nothing is decided here: each value is one of the plan or of the knowledge base, put into words. What the program cannot
know (names, diagnoses, consent, the patient's own words, signatures) is an empty labelled line for a pen.
"""

from collections import Counter
from collections.abc import Sequence

from fivefold.concepts.errors import shorten
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.phase import CriterionReading
from fivefold.concepts.plan import Coverage, Override, PhasedPlan, SettlingMeasure
from fivefold.concepts.scores import Evidence, ImpairmentReading, ScaleScore
from fivefold.concepts.vocabulary import EVIDENCE_WORDS, GeneralState, MatchStatus, OverrideStatus, severity_of
from fivefold.documents import pdf_words as words
from fivefold.documents.html.words import MATCH_WORDS
from fivefold.documents.language import say, say_number, to_say
from fivefold.documents.pdf_clinician_words import clinician_words
from fivefold.documents.pdf_map import draw_map
from fivefold.documents.pdf_modules import ModuleParts
from fivefold.documents.pdf_names import Content
from fivefold.documents.typesetting import longest_text

# Characters: a text longer than this may not fit on one page of a narrow column, so table rows must be allowed to break.
LONG = 1200
WAITING = (
    MatchStatus.NEXT, MatchStatus.CAUTIONED, MatchStatus.BLOCKED, MatchStatus.SUSPENDED, MatchStatus.LATER, MatchStatus.DONE,
)  # fmt: skip


def clinician_content(plan: PhasedPlan, knowledge: KnowledgeBase, decided: Sequence[tuple[str, str, str]] = ()) -> Content:
    """All parts of the clinician's copy; ``decided`` is what a clinician decided beside the proposal: about what, how, why."""
    content = ClinicianCopy(plan, knowledge).content() | {"decided": [list(one) for one in decided]}
    return {**content, "long": longest_text(content) > LONG, "words": clinician_words()}


class ClinicianCopy(ModuleParts):
    """One plan beside the knowledge base it was made from; each method is one part of the document."""

    def content(self) -> Content:
        """The parts in the order of the page."""
        plan = self.plan
        return {
            "title": say("Treatment plan {case}", case=plan.assessment_id),
            "running_title": say("Treatment plan · {case}", case=shorten(plan.assessment_id)),
            "date": words.day(plan.as_of),
            "version": say("knowledge {knowledge}, program {program}", knowledge=plan.knowledge_version, program=plan.engine_version),
            "lead": plan.summary,
            "safety": self.safety(),
            "map": draw_map(plan, self.knowledge),
            "identity": self.identity(),
            "severity": self.severity(),
            "strongest": self.strongest(),
            "impairments": self.impairments(),
            "phase": self.phase(),
            "ground": self.ground(),
            "modules": [self.module(match) for match in self.now],
            "waiting": self.waiting(),
            "unclear": self.unclear(),
            "not_indicated": self.not_indicated(),
            "timeline": self.timeline(),
            "goals": self.goals(),
            "measures": self.measures(),
            "next_measures": self.next_measures(),
            "safety_plan": self.safety_plan(),
            "alternatives": self.alternatives(),
            "departures": self.departures(),
            "review": self.review(),
            "limits": list(plan.limits),
            "key": self.key(),
            "sources": self.sources(),
        }

    # -- safety ----------------------------------------------------------------------------------------------------------

    def safety(self) -> Content:
        """What comes before everything else."""
        plan = self.plan
        return {
            "withheld": {"message": plan.withheld.message, "needs": list(plan.withheld.needs)} if plan.withheld else None,
            "active": [self.override(rule) for rule in plan.overrides if rule.status is OverrideStatus.ACTIVE],
            "ask": [
                {"question": one.question, "decides": say("It decides {what} ({why}).", what=one.decides, why=", ".join(one.because))} for one in plan.ask_first
            ],
            "actions": [{"what": one.what, "by": one.by_when, "rule": words.rule_of_action(one.rule)} for one in plan.actions],
            "adaptations": [self.adaptation(key) for key in plan.adaptations],
            "signs": [self.risk_sign(sign.instrument, sign.item, sign.text, sign.age_days) for sign in plan.risk_signs],
        }

    def override(self, rule: Override) -> Content:
        """One safety rule as it stands."""
        because = "; ".join(rule.because)
        ground = say("Cleared by: {who} Basis: {basis}.", who=rule.cleared_by, basis=words.short_basis(rule.basis))
        return {
            "code": rule.code,
            "name": rule.name,
            "status": words.override_words(rule.status),
            "kind": say(words.OVERRIDE_KINDS[rule.kind]),
            "because": because,
            "effect": rule.effect,
            "cleared_by": rule.cleared_by,
            "ground": " ".join([say("Because: {reasons}.", reasons=because), ground]) if because else ground,
        }

    def adaptation(self, key: str) -> str:
        """What a circumstance of the patient asks for."""
        found = self.knowledge.adaptations.get(key)
        return f"{found.name}: {found.needs}" if found else key

    def risk_sign(self, instrument: str, item: int, text: str, age_days: int) -> str:
        """One positive answer to a risk item."""
        return say("{instrument}, item {item}: {text} ({age})", instrument=self.instrument(instrument), item=item, text=text, age=words.age(age_days))

    # -- 1 to 4 ----------------------------------------------------------------------------------------------------------

    def identity(self) -> list[Content]:
        """What the program knows of the document itself."""
        plan = self.plan
        programme = self.knowledge.protocols.get(plan.protocol)
        rows = [
            (say("Case"), plan.assessment_id),
            (say("Date of the assessment"), words.day(plan.as_of)),
            (say("Programme"), programme.name if programme else plan.protocol),
            (say("Knowledge release"), f"{plan.knowledge_version} ({plan.knowledge_hash[:12]})"),
            (say("Program version"), plan.engine_version),
            (say("Review by"), words.day(plan.review.next_on)),
        ]
        return [{"label": label, "value": value} for label, value in rows]

    def severity(self) -> Content:
        """Severity, resilience, scores and every safety rule with its status."""
        profile = self.plan.profile
        resilience = profile.resilience
        parts = [f"{say(words.RESILIENCE_NAMES.get(name, name))} {words.number(value)}" for name, value in resilience.components.items()]
        basis = words.short_basis(resilience.basis)
        return {
            "heading": say("3 Severity and risk on {day}", day=words.day(self.plan.as_of)),
            "band": say(profile.severity_band or to_say("not known")),
            "basis": profile.severity_basis if profile.severity_band else "",
            "resilience": resilience.text,
            "assumed": resilience.assumed,
            "ground": say("{components}. Basis: {basis}.", components=", ".join(parts), basis=basis) if parts else say("Basis: {basis}.", basis=basis),
            "concurrent": self.plan.concurrent_limit,
            "at_once": say("at most {count}, general modules and safety work aside", count=self.plan.concurrent_limit),
            "settings": self.settings(),
            "scores": self.newest_scores(),
            "rules": [self.override(rule) for rule in self.plan.overrides if rule.status is not OverrideStatus.TO_ASK],
            "to_ask": [f"{rule.code} {rule.name.lower()}" for rule in self.plan.overrides if rule.status is OverrideStatus.TO_ASK],
        }

    def settings(self) -> list[Content]:
        """The style and dose that follow from resilience; the number of modules at once has its own line."""
        names = {setting.id: setting.name for setting in self.knowledge.tailoring.settings}
        rows = [(names.get(key, key.replace("_", " ")), value) for key, value in self.plan.settings.items()]
        return [{"label": label, "value": value} for label, value in rows if label != names.get("at_once")]

    def newest_scores(self) -> list[Content]:
        """Of each measure the newest value, and of how many: their course stands in the progress report."""
        taken = Counter((score.instrument, score.scale) for score in self.plan.scores)
        newest: dict[tuple[str, str], ScaleScore] = {}
        for score in sorted(self.plan.scores, key=lambda one: -one.age_days):
            newest[score.instrument, score.scale] = score
        rows = {measure: self.score(newest[measure]) for measure in taken}
        for measure, row in rows.items():
            if taken[measure] > 1:
                row["name"] = say("{name}, newest of {n}", name=row["name"], n=taken[measure])
        return list(rows.values())

    def score(self, score: ScaleScore) -> Content:
        """One scale; an unscored one names the missing answers instead of a number."""
        if score.value is None:
            value = _not_scored(score)
        else:
            value = words.with_error(score.value, None if score.standard_error is None else 1.96 * score.standard_error)
            value = say("{value}, missing answers filled by rule", value=value) if score.prorated else value
        return {
            "name": self.scale(score.instrument, score.scale),
            "value": value,
            "range": say("{least} to {most} {unit}", least=words.number(score.minimum), most=words.number(score.maximum), unit=score.unit),
            "direction": say(words.DIRECTION_NAMES[score.direction]),
            "band": score.band or "–",
            "date": say("{day}, {age}", day=words.day(score.on), age=words.age(score.age_days)) if score.on else words.age(score.age_days),
        }

    def strongest(self) -> str:
        """The highest impairments, as a reminder for the formulation."""
        known = [(reading.level, reading) for reading in self.plan.profile.impairments if reading.level is not None and reading.level >= 1.5]
        known.sort(key=lambda pair: -pair[0])
        names = ", ".join(f"{self.impairment(reading.id).lower()} ({say(severity_of(level).word)})" for level, reading in known[:5])
        return say("Highest in the profile, as a reminder: {impairments}.", impairments=names) if names else ""

    # -- 5 ---------------------------------------------------------------------------------------------------------------

    def impairments(self) -> Content:
        """Known impairments by domain with their evidence and the plan's answer, then the unknown ones by name."""
        readings = self.plan.profile.impairments
        domains = [
            {
                "name": domain.name,
                "rows": [self.impairment_row(one) for one in sorted(readings, key=_falling) if one.domain is domain.id and one.level is not None],
            }
            for domain in sorted(self.knowledge.domains.values(), key=lambda domain: domain.order)
        ]
        unknown = [self.impairment(reading.id).lower() for reading in readings if reading.level is None]
        return {"domains": [domain for domain in domains if domain["rows"]], "unknown": words.joined(unknown)}

    def impairment_row(self, reading: ImpairmentReading) -> Content:
        """One known impairment; ``level`` is drawn as a bar from 0 to 4."""
        level = reading.level or 0.0
        error = reading.standard_error
        answer = next((entry for entry in self.plan.coverage if entry.impairment == reading.id), None)
        return {
            "name": self.impairment(reading.id),
            "word": say(reading.word),
            "level": level,
            "number": words.with_error(round(level, 1), None if error is None else round(1.96 * error, 1)),
            "discordant": reading.discordant,
            "evidence": [self.evidence(piece) for piece in reading.evidence],
            "answer": self.answer(answer) if answer else say("– no answer needed"),
            "because": answer.because if answer else "",
        }

    def answer(self, answer: Coverage) -> str:
        """What the plan does about an impairment, and with which modules."""
        status = words.coverage_words(answer.status)
        return say("{status}: {modules}", status=status, modules=", ".join(self.name(module) for module in answer.by)) if answer.by else status

    def evidence(self, piece: Evidence) -> str:
        """One piece of evidence in a line."""
        line = to_say("{text}: speaks for {level}, {age} ({basis})")
        if piece.decides:
            line = to_say("{text}: speaks for {level}, decides, {age} ({basis})")
        level = words.number(round(piece.level, 1))
        return say(line, text=piece.text, level=level, age=words.age(piece.age_days), basis=words.short_basis(piece.basis))

    # -- 6 ---------------------------------------------------------------------------------------------------------------

    def phase(self) -> Content:
        """Phase now, by domain, with each criterion that opens or closes it."""
        reading = self.plan.phase
        phases, domains = self.knowledge.phases, self.knowledge.domains
        return {
            "name": phases[reading.overall].name,
            "code": reading.overall.value,
            "because": list(reading.because),
            "rules": ", ".join(reading.rules),
            "domains": [{"name": domains[key].name, "phase": f"{phases[phase].name} ({phase.value})"} for key, phase in reading.by_domain.items()],
            "same_everywhere": len(set(reading.by_domain.values())) == 1,
            "criteria": [
                {"title": title, "criteria": [self.criterion(one) for one in criteria]}
                for title, criteria in ((say("To be in this phase"), reading.entry), (say("To move on"), reading.exit))
                if criteria
            ],
            "resume": reading.resume_text,
            "resume_modules": [self.name(module) for module in reading.resume],
        }

    def criterion(self, reading: CriterionReading) -> Content:
        """One criterion with its answer; what is not known says how to settle it."""
        return {
            "text": reading.text,
            "answer": words.answer_words(reading.met),
            "because": reading.because,
            "settle": "" if reading.met is not None else self.settle_words(self.settling(reading), reading.question),
            "basis": words.short_basis(reading.basis),
        }

    def settling(self, reading: CriterionReading) -> list[SettlingMeasure]:
        """The measures that would settle a criterion, with their minutes."""
        return [SettlingMeasure(name, self.minutes(name)) for name in reading.settle_with]

    def ground(self) -> list[Content]:
        """The six general modules."""
        return [
            {
                "name": f"{one.id} {one.name}",
                "state": words.state_words(one.state),
                "emphasis": one.emphasis,
                "because": [reason.text for reason in one.because],
                "repair": list(one.repair),
                "question": say("Ask: {question}", question=one.question) if one.state is GeneralState.UNKNOWN and one.question else "",
            }
            for one in self.plan.general_modules
        ]

    # -- 10 to 13 --------------------------------------------------------------------------------------------------------

    def safety_plan(self) -> str:
        """How the plan stands to the safety plan."""
        try:
            status = self.plan.match("S02").status
        except KeyError:
            return ""
        return say("{module}: {status}.", module=self.name("S02"), status=say(MATCH_WORDS[status]))

    def alternatives(self) -> list[Content]:
        """Other programmes beside this plan."""
        return [
            {
                "name": one.name,
                "covers": ", ".join(self.impairment(key).lower() for key in one.covers) or "–",
                "leaves_out": ", ".join(self.impairment(key).lower() for key in one.leaves_out) or "–",
                "cost": f"{words.spread(one.sessions, 'sessions')}; {words.spread(one.weeks, 'weeks')}",
                "needs": list(one.needs),
                "chosen": list(one.chosen_components),
                "notes": list(one.notes),
            }
            for one in self.plan.alternatives
        ]

    def departures(self) -> list[Content]:
        """Where somebody has already decided otherwise than the program, or would have to with a recorded reason."""
        overruled = [
            {"what": f"{rule.code} {rule.name}", "state": words.override_words(rule.status), "text": rule.effect}
            for rule in self.plan.overrides
            if rule.status in (OverrideStatus.OVERRULED, OverrideStatus.CLEARED)
        ]
        declined = [{"what": self.name(one.id), "state": say("◇ the patient says no for now"), "text": ""} for one in self.plan.modules if one.declined]
        cautioned = [
            {"what": self.name(one.id), "state": say("▲ needs a recorded reason to start"), "text": "; ".join(reason.text for reason in one.because)}
            for one in self.plan.with_status(MatchStatus.CAUTIONED)
        ]
        return [*overruled, *declined, *cautioned]

    def review(self) -> Content:
        """When to look again, and what is open until then."""
        reading = self.plan.phase
        return {
            "by": say_number(
                "*By {day}* (at most every {count} day).", "*By {day}* (at most every {count} days).",
                self.plan.review.every_days, day=words.day(self.plan.review.next_on),
            ),
            "because": self.plan.review.because,
            "open": [one.text for one in (*reading.entry, *reading.exit) if one.met is None],
        }  # fmt: skip

    def not_indicated(self) -> str:
        """The modules that nothing speaks for, in a sentence."""
        names = ", ".join(self.name(match.id) for match in self.plan.with_status(MatchStatus.NOT_INDICATED))
        return say("Not indicated on what is known: {modules}.", modules=names) if names else ""

    def key(self) -> str:
        """What the words and codes of this document mean; what is between two stars stands out."""
        classes = "; ".join(f"{code.value} {say(text)}" for code, text in EVIDENCE_WORDS.items())
        return say(
            "Basis words: *source* names the literature below; *general knowledge* is to be checked by a clinician; *our proposal* is editable;"
            " *computed* follows from the rest. Evidence classes: {classes}.",
            classes=classes,
        )


def _not_scored(score: ScaleScore) -> str:
    """Which answers a scale would need before it has a number."""
    if not score.missing:
        return say_number("not scored: {count} answer missing", "not scored: {count} answers missing", 0)
    items = ", ".join(str(item) for item in score.missing)
    return say_number(
        "not scored: {count} answer missing (items {items})", "not scored: {count} answers missing (items {items})", len(score.missing), items=items
    )


def _falling(reading: ImpairmentReading) -> float:
    return -(reading.level or 0)
