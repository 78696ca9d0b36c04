"""The modules on the clinician's copy: those of now in full, the others with what opens them, their course, goals and measures."""

from collections.abc import Iterator

from fivefold.concepts.plan import ModuleMatch, Reason
from fivefold.concepts.vocabulary import MatchStatus, PhaseId
from fivefold.documents import pdf_words as words
from fivefold.documents.html.words import MATCH_WORDS, STAGE_WORDS
from fivefold.documents.pdf_names import Content, PlanNames

# Order in which modules that are not for now are listed; what cannot be judged yet has a list of its own.
WAITING = (MatchStatus.NEXT, MatchStatus.CAUTIONED, MatchStatus.BLOCKED, MatchStatus.SUSPENDED, MatchStatus.LATER, MatchStatus.DONE)


class ModuleParts(PlanNames):
    """Parts 7 to 9 of the document."""

    def module(self, match: ModuleMatch) -> Content:
        """A module of now in full: why, steps, dose, source."""
        rule = self.knowledge.modules.get(match.id)
        agreement = "" if match.agreement is None else f"{match.agreement:.0%} of draws within measurement error give the same advice"
        return {
            "name": self.name(match.id),
            "phase": f"{self.knowledge.phases[match.phase].name} ({match.phase.value})",
            "running": "already under way" if match.running else "to be started",
            "stage": STAGE_WORDS[match.change_stage] if match.change_stage else "",
            "target": rule.target.text if rule else "",
            "treats": ", ".join(self.impairment(one).lower() for one in match.treats),
            "why": [self.reason(reason) for reason in match.because],
            "steps": [
                {
                    "name": step.name,
                    "text": step.text,
                    "origin": f"adapted from {words.therapies(step.adapted_from)}" if step.adapted_from else "our own",
                    "evidence": step.evidence.value,
                    "basis": words.short_basis(step.basis),
                }
                for step in match.interventions
            ],
            "dose": match.dose.text,
            "numbers": words.joined([
                words.spread(match.dose.sessions, "sessions"), words.spread(match.dose.minutes, "minutes"), words.spread(match.dose.weeks, "weeks"),
            ]),
            "dose_basis": words.short_basis(match.dose.basis) + ("" if match.dose.pace == 1 else f", pace {words.number(match.dose.pace)} for this resilience"),
            "tailoring": match.tailoring,
            "goals": list(match.goals),
            "cautions": list(match.cautions),
            "exit": rule.exit.text if rule else "",
            "flips": [self.flip_words(match.id, one.input, one.start, one.to, one.becomes) for one in match.flips_if],
            "agreement": agreement,
            "sources": ", ".join(match.sources),
        }  # fmt: skip

    def reason(self, reason: Reason) -> Content:
        """One reason for or against."""
        return {"supports": reason.supports, "text": reason.text, "ground": f"{reason.rule}; {words.short_basis(reason.basis)}"}

    def flip_words(self, module: str, name: str, start: str, to: str, becomes: MatchStatus) -> str:
        """What would change the advice."""
        readable = self.impairment(name) if name in self.knowledge.impairments else name.replace("_", " ")
        return f"{readable} from {start} to {to}: {module} would be {MATCH_WORDS[becomes]}"

    def waiting(self) -> list[Content]:
        """Every other module that matters, by status, with what opens it."""
        groups = [(words.status_words(status), self.plan.with_status(status)) for status in WAITING]
        return [{"status": status, "modules": [self.waiting_module(one) for one in modules]} for status, modules in groups if modules]

    def waiting_module(self, match: ModuleMatch) -> Content:
        """One module that is not for now."""
        # Asked once, with the general modules; half of all waiting modules would repeat them.
        gate_questions = self.knowledge.gates.questions.values()
        opens = [f"Waits for {words.joined([self.name(one) for one in match.waits_for])}."] if match.waits_for else []
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
                "weeks": f"{words.number(entry.from_week.usual)} to {words.number(entry.to_week.usual)}",
                "range": f"{words.number(entry.from_week.min)} to {words.number(entry.to_week.max)}",
            }
            for entry in self.plan.timeline
        ]
        return {"rows": rows, "end": max((entry.to_week.max for entry in self.plan.timeline), default=0)}

    def goals(self) -> list[Content]:
        """The first goal of each module of now, then small goals for life outside.

        Work on safety is over in days: its goals are scaled only when there is nothing else.
        """
        lasting = [match for match in self.now if match.phase is not PhaseId.P1] or list(self.now)
        modules = [{"text": match.goals[0], "of": self.name(match.id)} for match in lasting if match.goals]
        life = [{"text": goal.text, "of": f"life outside treatment ({self.name(goal.from_module)})"} for goal in self.plan.life_goals]
        return [*modules, *life]

    def measures(self) -> list[Content]:
        """What tracks the modules of now and the emphasised general modules, one row for each instrument."""
        rows: dict[str, Content] = {}
        for module, instrument, use, label in self._measure_uses():
            row = rows.setdefault(label, {"name": label, "uses": [], "every": "", "minutes": "", "entry": ""})
            row["uses"].append(f"{use} ({module})")
            if instrument:
                found = self.knowledge.instruments[instrument]
                row["every"], row["minutes"] = found.every.text, f"{words.number(found.minutes.value)} min"
                row["entry"] = "" if found.licence.letter.items_may_ship else "scores only: the licence does not let us ship the items"
        return list(rows.values())

    def _measure_uses(self) -> Iterator[tuple[str, str | None, str, str]]:
        wanted = [match.id for match in self.now] + [one.id for one in self.plan.general_modules if one.emphasis]
        for key in wanted:
            rule = self.knowledge.modules.get(key) or self.knowledge.general_modules.get(key)
            for measure in rule.measures if rule else ():
                if measure.instrument:
                    yield key, measure.instrument, measure.use, self.instrument(measure.instrument)
                else:
                    yield key, None, f"{measure.diary}: {measure.use}", "Diary or count"

    def next_measures(self) -> list[Content]:
        """What to measure next because it decides most."""
        return [
            {
                "name": one.name,
                "minutes": f"{words.number(one.minutes)} min",
                "decides": ", ".join(self.name(module) for module in one.decides),
                "entry": "enter the score; items are not shipped" if one.score_entry_only else "can be answered here",
            }
            for one in self.plan.next_best_measures
        ]
