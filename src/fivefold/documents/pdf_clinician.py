"""What stands on the clinician's copy of the plan: the fourteen parts of a treatment plan, as content for a template.

Nothing is decided here: each value is one of the plan or of the knowledge base, put into words. What the program cannot
know (names, diagnoses, consent, the patient's own words, signatures) is an empty labelled line for a pen.
"""

from collections.abc import Sequence

from fivefold.concepts.errors import shorten
from fivefold.concepts.knowledge_base import KnowledgeBase
from fivefold.concepts.phase import CriterionReading
from fivefold.concepts.plan import Override, PhasedPlan, SettlingMeasure
from fivefold.concepts.scores import Evidence, ImpairmentReading, ScaleScore
from fivefold.concepts.vocabulary import EVIDENCE_WORDS, GeneralState, MatchStatus, OverrideStatus, severity_of
from fivefold.documents import pdf_words as words
from fivefold.documents.html.words import MATCH_WORDS
from fivefold.documents.pdf_map import draw_map
from fivefold.documents.pdf_modules import ModuleParts
from fivefold.documents.pdf_names import Content
from fivefold.documents.typesetting import longest_text

# Characters: a text longer than this may not fit on one page of a narrow column, so table rows must be allowed to break.
LONG = 1200
# Characters: a text longer than this may not fit on one page of a narrow column, so table rows must be allowed to break.
LONG = 1200
WAITING = (
    MatchStatus.NEXT, MatchStatus.CAUTIONED, MatchStatus.BLOCKED, MatchStatus.SUSPENDED, MatchStatus.LATER, MatchStatus.DONE,
)  # fmt: skip


def clinician_content(plan: PhasedPlan, knowledge: KnowledgeBase, decided: Sequence[tuple[str, str, str]] = ()) -> Content:
    """All parts of the clinician's copy; ``decided`` is what a clinician decided beside the proposal: about what, how, why."""
    content = ClinicianCopy(plan, knowledge).content() | {"decided": [list(one) for one in decided]}
    return {**content, "long": longest_text(content) > LONG}


class ClinicianCopy(ModuleParts):
    """One plan beside the knowledge base it was made from; each method is one part of the document."""

    def content(self) -> Content:
        """The parts in the order of the page."""
        plan = self.plan
        return {
            "case": plan.assessment_id,
            "case_short": shorten(plan.assessment_id),
            "date": words.day(plan.as_of),
            "version": f"knowledge {plan.knowledge_version}, program {plan.engine_version}",
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
            "not_indicated": [self.name(match.id) for match in plan.with_status(MatchStatus.NOT_INDICATED)],
            "timeline": self.timeline(),
            "goals": self.goals(),
            "measures": self.measures(),
            "next_measures": self.next_measures(),
            "safety_plan": self.safety_plan(),
            "alternatives": self.alternatives(),
            "departures": self.departures(),
            "review": self.review(),
            "limits": list(plan.limits),
            "evidence_key": [{"code": code.value, "words": text} for code, text in EVIDENCE_WORDS.items()],
            "sources": self.sources(),
        }

    # -- safety ----------------------------------------------------------------------------------------------------------

    def safety(self) -> Content:
        """What comes before everything else."""
        plan = self.plan
        return {
            "withheld": {"message": plan.withheld.message, "needs": list(plan.withheld.needs)} if plan.withheld else None,
            "active": [self.override(rule) for rule in plan.overrides if rule.status is OverrideStatus.ACTIVE],
            "ask": [{"question": one.question, "decides": one.decides, "because": ", ".join(one.because)} for one in plan.ask_first],
            "actions": [{"what": one.what, "by": one.by_when, "rule": one.rule} for one in plan.actions],
            "adaptations": [self.adaptation(key) for key in plan.adaptations],
            "signs": [self.risk_sign(sign.instrument, sign.item, sign.text, sign.age_days) for sign in plan.risk_signs],
        }

    def override(self, rule: Override) -> Content:
        """One safety rule as it stands."""
        return {
            "code": rule.code,
            "name": rule.name,
            "status": words.override_words(rule.status),
            "kind": rule.kind.value,
            "because": "; ".join(rule.because),
            "effect": rule.effect,
            "cleared_by": rule.cleared_by,
            "basis": words.short_basis(rule.basis),
        }

    def adaptation(self, key: str) -> str:
        """What a circumstance of the patient asks for."""
        found = self.knowledge.adaptations.get(key)
        return f"{found.name}: {found.needs}" if found else key

    def risk_sign(self, instrument: str, item: int, text: str, age_days: int) -> str:
        """One positive answer to a risk item."""
        return f"{self.instrument(instrument)}, item {item}: {text} ({words.age(age_days)})"

    # -- 1 to 4 ----------------------------------------------------------------------------------------------------------

    def identity(self) -> list[Content]:
        """What the program knows of the document itself."""
        plan = self.plan
        programme = self.knowledge.protocols.get(plan.protocol)
        rows = [
            ("Case", plan.assessment_id),
            ("Date of the assessment", words.day(plan.as_of)),
            ("Programme", programme.name if programme else plan.protocol),
            ("Knowledge release", f"{plan.knowledge_version} ({plan.knowledge_hash[:12]})"),
            ("Program version", plan.engine_version),
            ("Review by", words.day(plan.review.next_on)),
        ]
        return [{"label": label, "value": value} for label, value in rows]

    def severity(self) -> Content:
        """Severity, resilience, scores and every safety rule with its status."""
        profile = self.plan.profile
        resilience = profile.resilience
        parts = [f"{words.RESILIENCE_NAMES.get(name, name)} {words.number(value)}" for name, value in resilience.components.items()]
        return {
            "band": profile.severity_band or "not known",
            "basis": profile.severity_basis if profile.severity_band else "",
            "resilience": resilience.text,
            "assumed": resilience.assumed,
            "components": ", ".join(parts),
            "resilience_basis": words.short_basis(resilience.basis),
            "concurrent": self.plan.concurrent_limit,
            "settings": self.settings(),
            "scores": [self.score(score) for score in self.plan.scores],
            "rules": [self.override(rule) for rule in self.plan.overrides if rule.status is not OverrideStatus.TO_ASK],
            "to_ask": [f"{rule.code} {rule.name.lower()}" for rule in self.plan.overrides if rule.status is OverrideStatus.TO_ASK],
        }

    def settings(self) -> list[Content]:
        """The style and dose that follow from resilience; the number of modules at once has its own line."""
        names = {setting.id: setting.name for setting in self.knowledge.tailoring.settings}
        rows = [(names.get(key, key.replace("_", " ")), value) for key, value in self.plan.settings.items()]
        return [{"label": label, "value": value} for label, value in rows if label != names.get("at_once")]

    def score(self, score: ScaleScore) -> Content:
        """One scale; an unscored one names the missing answers instead of a number."""
        if score.value is None:
            missing = ", ".join(str(item) for item in score.missing)
            value = f"not scored: {words.count(len(score.missing), 'answer')} missing" + (f" (items {missing})" if missing else "")
        else:
            error = f" ± {words.number(1.96 * score.standard_error)}" if score.standard_error is not None else ""
            value = f"{words.number(score.value)}{error}" + (", missing answers filled by rule" if score.prorated else "")
        return {
            "name": self.scale(score.instrument, score.scale),
            "value": value,
            "range": f"{words.number(score.minimum)} to {words.number(score.maximum)} {score.unit}",
            "direction": score.direction.value.replace("_", " "),
            "band": score.band or "–",
            "date": f"{words.day(score.on)}, {words.age(score.age_days)}" if score.on else words.age(score.age_days),
        }

    def strongest(self) -> str:
        """The highest impairments, as a reminder for the formulation."""
        known = [(reading.level, reading) for reading in self.plan.profile.impairments if reading.level is not None and reading.level >= 1.5]
        known.sort(key=lambda pair: -pair[0])
        return ", ".join(f"{self.impairment(reading.id).lower()} ({severity_of(level).word})" for level, reading in known[:5])

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
            "word": reading.word,
            "level": level,
            "number": words.number(round(level, 1)) + (f" ± {words.number(round(1.96 * error, 1))}" if error is not None else ""),
            "discordant": reading.discordant,
            "evidence": [self.evidence(piece) for piece in reading.evidence],
            "answer": words.coverage_words(answer.status) if answer else "– no answer needed",
            "by": ", ".join(self.name(module) for module in answer.by) if answer else "",
            "because": answer.because if answer else "",
        }

    def evidence(self, piece: Evidence) -> str:
        """One piece of evidence in a line."""
        deciding = ", decides" if piece.decides else ""
        return f"{piece.text}: speaks for {words.number(round(piece.level, 1))}{deciding}, {words.age(piece.age_days)} ({words.short_basis(piece.basis)})"

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
                for title, criteria in (("To be in this phase", reading.entry), ("To move on", reading.exit))
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
                "question": one.question if one.state is GeneralState.UNKNOWN else "",
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
        return f"{self.name('S02')}: {MATCH_WORDS[status]}."

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
        declined = [{"what": self.name(one.id), "state": "◇ the patient says no for now", "text": ""} for one in self.plan.modules if one.declined]
        cautioned = [
            {"what": self.name(one.id), "state": "▲ needs a recorded reason to start", "text": "; ".join(reason.text for reason in one.because)}
            for one in self.plan.with_status(MatchStatus.CAUTIONED)
        ]
        return [*overruled, *declined, *cautioned]

    def review(self) -> Content:
        """When to look again, and what is open until then."""
        reading = self.plan.phase
        return {
            "on": words.day(self.plan.review.next_on),
            "every": words.count(self.plan.review.every_days, "day"),
            "because": self.plan.review.because,
            "open": [one.text for one in (*reading.entry, *reading.exit) if one.met is None],
        }


def _falling(reading: ImpairmentReading) -> float:
    return -(reading.level or 0)
