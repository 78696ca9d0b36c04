"""The modules on the clinician's copy: those of now in full, the others with what opens them, their course, goals and measures."""

from collections.abc import Iterator

from fivefold.concepts.plan import ModuleMatch, Reason
from fivefold.concepts.vocabulary import MatchStatus, PhaseId
from fivefold.documents import pdf_words as words
from fivefold.documents.html.words import MATCH_WORDS, STAGE_WORDS
from fivefold.documents.language import say
from fivefold.documents.pdf_names import Content, PlanNames

# Order in which modules that are not for now are listed; what cannot be judged yet has a list of its own.
WAITING = (MatchStatus.NEXT, MatchStatus.CAUTIONED, MatchStatus.BLOCKED, MatchStatus.SUSPENDED, MatchStatus.LATER, MatchStatus.DONE)


class ModuleParts(PlanNames):
    """Parts 7 to 9 of the document."""

    def module(self, match: ModuleMatch) -> Content:
        """A module of now in full: why, steps, dose, source."""
        rule = self.knowledge.modules.get(match.id)
        return {
            "name": self.name(match.id),
            "running": _running(match),
            "stage": _stage(match),
            "heading": say("● Now: {module}", module=self.name(match.id)),
            "line": " · ".join(self.module_line(match)),
            "target": rule.target.text if rule else "",
            "why": [self.reason(reason) for reason in match.because],
            "steps": [
                {
                    "name": step.name,
                    "text": step.text,
                    "origin": say("adapted from {therapies}", therapies=words.therapies(step.adapted_from)) if step.adapted_from else say("our own"),
                    "evidence": step.evidence.value,
                    "basis": words.short_basis(step.basis),
                }
                for step in match.interventions
            ],
            "dose": match.dose.text,
            "numbers": _dose_numbers(match),
            "how_much": self.how_much(match),
            "tailoring": match.tailoring,
            "goals": list(match.goals),
            "cautions": list(match.cautions),
            "exit": rule.exit.text if rule else "",
            "how_sure": self.how_sure(match),
            "sources": say("Sources: {sources}", sources=", ".join(match.sources)) if match.sources else "",
        }

    def module_line(self, match: ModuleMatch) -> list[str]:
        """Where a module stands: its phase, whether it runs, its stage, and what it is for."""
        parts = [
            f"{self.knowledge.phases[match.phase].name} ({match.phase.value})",
            _running(match),
        ]
        if match.change_stage:
            parts.append(say("change stage: {stage}", stage=_stage(match)))
        if match.treats:
            parts.append(say("for: {impairments}", impairments=", ".join(self.impairment(one).lower() for one in match.treats)))
        return parts

    def how_much(self, match: ModuleMatch) -> str:
        """How much, and on which ground."""
        dose, basis = match.dose, words.short_basis(match.dose.basis)
        if dose.pace != 1:
            basis = say("{basis}, pace {pace} for this resilience", basis=basis, pace=words.number(dose.pace))
        return say("{numbers}. Basis: {basis}.", numbers=_dose_numbers(match), basis=basis)

    def how_sure(self, match: ModuleMatch) -> str:
        """How often the advice holds within measurement error, and what would change it."""
        told = []
        if match.agreement is not None:
            told.append(say("{share} of draws within measurement error give the same advice.", share=f"{match.agreement:.0%}"))
        flips = "; ".join(self.flip_words(match.id, one.input, one.start, one.to, one.becomes) for one in match.flips_if)
        if flips:
            told.append(say("What would change it: {changes}.", changes=flips))
        return " ".join(told)

    def reason(self, reason: Reason) -> Content:
        """One reason for or against."""
        return {"supports": reason.supports, "text": reason.text, "ground": f"{reason.rule}; {words.short_basis(reason.basis)}"}

    def flip_words(self, module: str, name: str, start: str, to: str, becomes: MatchStatus) -> str:
        """What would change the advice."""
        return say(
            "{input} from {start} to {to}: {module} would be {status}",
            input=self.input(name), start=say(start), to=say(to), module=module, status=say(MATCH_WORDS[becomes]),
        )  # fmt: skip

    def waiting(self) -> list[Content]:
        """Every other module that matters, by status, with what opens it."""
        groups = [(words.status_words(status), self.plan.with_status(status)) for status in WAITING]
        return [{"status": status, "modules": [self.waiting_module(one) for one in modules]} for status, modules in groups if modules]

    def waiting_module(self, match: ModuleMatch) -> Content:
        """One module that is not for now."""
        # Asked once, with the general modules; half of all waiting modules would repeat them.
        gate_questions = self.knowledge.gates.questions.values()
        opens = [say("Waits for {modules}.", modules=words.joined([self.name(one) for one in match.waits_for]))] if match.waits_for else []
        settle = self.settle_words((way for way in match.settle_with if way.question not in gate_questions), "")
        return {
            "name": self.name(match.id),
            "declined": match.declined,
            "why": [reason.text for reason in match.because],
            "opens": [*opens, *([settle] if settle else [])],
        }

    def unclear(self) -> list[Content]:
        """Modules that cannot be judged yet, each with what would settle it."""
        return [
            {"name": self.name(match.id), "settle": self.settle_words(match.settle_with, ""), "declined": match.declined}
            for match in self.plan.with_status(MatchStatus.UNCLEAR)
        ]

    def timeline(self) -> Content:
        """When modules are expected to run, in weeks; ``end`` is the last week drawn."""
        rows = [
            {
                "name": self.name(entry.module),
                "start": entry.from_week.usual,
                "stop": entry.to_week.usual,
                "earliest": entry.from_week.min,
                "latest": entry.to_week.max,
                "weeks": _weeks(entry.from_week.usual, entry.to_week.usual),
                "range": _weeks(entry.from_week.min, entry.to_week.max),
            }
            for entry in self.plan.timeline
        ]
        end = max(1, *(entry.to_week.max for entry in self.plan.timeline)) if self.plan.timeline else 1
        head = [say("Module"), say("Weeks 0 to {end}", end=words.number(end)), say("Usually"), say("At the widest")]
        return {"rows": rows, "head": head, "end": end}

    def goals(self) -> list[Content]:
        """The first goal of each module of now, then small goals for life outside.

        Work on safety is over in days: its goals are scaled only when there is nothing else.
        """
        lasting = [match for match in self.now if match.phase is not PhaseId.P1] or list(self.now)
        modules = [{"text": match.goals[0], "of": self.name(match.id)} for match in lasting if match.goals]
        life = [{"text": goal.text, "of": say("life outside treatment ({module})", module=self.name(goal.from_module))} for goal in self.plan.life_goals]
        return [*modules, *life]

    def measures(self) -> list[Content]:
        """What tracks the modules of now and the emphasised general modules, one row for each instrument."""
        rows: dict[str, Content] = {}
        for module, instrument, use, label in self._measure_uses():
            row = rows.setdefault(label, {"name": label, "uses": [], "every": "", "minutes": "", "entry": ""})
            row["uses"].append(f"{use} ({module})")
            if instrument:
                found = self.knowledge.instruments[instrument]
                row["every"], row["minutes"] = found.every.text, words.minutes(found.minutes.value)
                row["entry"] = "" if found.licence.letter.items_may_ship else say("scores only: the licence does not let us ship the items")
        return list(rows.values())

    def _measure_uses(self) -> Iterator[tuple[str, str | None, str, str]]:
        wanted = [match.id for match in self.now] + [one.id for one in self.plan.general_modules if one.emphasis]
        for key in wanted:
            rule = self.knowledge.modules.get(key) or self.knowledge.general_modules.get(key)
            for measure in rule.measures if rule else ():
                if measure.instrument:
                    yield key, measure.instrument, measure.use, self.instrument(measure.instrument)
                else:
                    yield key, None, f"{measure.diary}: {measure.use}", say("Diary or count")

    def next_measures(self) -> list[Content]:
        """What to measure next because it decides most."""
        return [
            {
                "name": one.name,
                "minutes": words.minutes(one.minutes),
                "decides": ", ".join(self.name(module) for module in one.decides),
                "entry": say("enter the score; items are not shipped") if one.score_entry_only else say("can be answered here"),
            }
            for one in self.plan.next_best_measures
        ]


def _weeks(start: float, end: float) -> str:
    return say("{start} to {end}", start=words.number(start), end=words.number(end))


def _dose_numbers(match: ModuleMatch) -> str:
    dose = match.dose
    return words.joined([words.spread(dose.sessions, "sessions"), words.spread(dose.minutes, "minutes"), words.spread(dose.weeks, "weeks")])


def _running(match: ModuleMatch) -> str:
    return say("already under way") if match.running else say("to be started")


def _stage(match: ModuleMatch) -> str:
    return say(STAGE_WORDS[match.change_stage]) if match.change_stage else ""
