"""What a formulation and a plan ask of each other: modules that treat nothing in it, and problems that no module treats."""

from dataclasses import dataclass

from fivefold.concepts.plan import ModuleMatch, PhasedPlan
from fivefold.concepts.vocabulary import MatchStatus
from fivefold.services.formulation_content import FormulationContent, Node, NodeKind

PLANNED = (MatchStatus.NOW, MatchStatus.NEXT)


@dataclass(frozen=True)
class OpenQuestions:
    """What the formulation leaves open: modules of now and next that treat nothing in it, and problems that none of them treats."""

    modules: tuple[ModuleMatch, ...]
    problems: tuple[Node, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.modules) + len(self.problems)


def open_questions(plan: PhasedPlan, content: FormulationContent) -> OpenQuestions:
    """What somebody should ask about the formulation beside the plan of today."""
    planned = plan.with_status(*PLANNED)
    names = {match.id for match in planned}
    return OpenQuestions(
        modules=tuple(match for match in planned if match.id not in content.treated_by),
        problems=tuple(node for node in content.of_kind(NodeKind.PROBLEM) if names.isdisjoint(node.modules)),
    )
