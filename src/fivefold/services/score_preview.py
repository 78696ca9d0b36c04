"""What a result comes to before it is recorded; no record is read for it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fivefold.concepts.scores import RiskSign, ScaleScore
from fivefold.engine.scoring import risk_signs, score_assessment
from fivefold.exchange.assessment_reader import read_assessment_text
from fivefold.services.knowledge import knowledge


@dataclass(frozen=True)
class ScorePreview:
    """The scales of one result, and the risk items that were answered positively."""

    scores: tuple[ScaleScore, ...]
    signs: tuple[RiskSign, ...]


def preview_score(entry: Mapping[str, Any], today: date) -> ScorePreview:
    """Score one entry as an assessment file states it; raises InputRefused with every problem."""
    written = {"as_of": today.isoformat(), "patient": {}, "scores": [dict(entry)]}
    assessment = read_assessment_text(json.dumps(written), knowledge(), file="score")
    return ScorePreview(score_assessment(assessment, knowledge()), risk_signs(assessment, knowledge()))
