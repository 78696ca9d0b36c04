"""The parts of an exported record that come from the patient's own pages."""

import json
from collections.abc import Callable
from typing import Any

from django.db.models import Model

from fivefold.records.models import PatientAccount, PatientInvitation, SafetyPlan, SafetyPlanUse

People = dict[int, str]
NOBODY_ANY_MORE = "somebody who no longer works here"


def _written(row: Any, people: People) -> dict[str, str]:
    """By whom and when a row was written."""
    return {"author": people.get(row.author_id, NOBODY_ANY_MORE), "recorded_at": row.recorded_at.isoformat()}


def _safety_plan(row: SafetyPlan, people: People) -> dict[str, Any]:
    return {"id": str(row.pk), "number": row.number, "content": json.loads(row.content), "written_by": row.written_by, **_written(row, people)}


def _plan_use(row: SafetyPlanUse, people: People) -> dict[str, Any]:
    return {
        "plan": str(row.plan_id),
        "kind": row.kind,
        "on": row.on.isoformat(),
        "words": row.words,
        "written_by": row.written_by,
        **_written(row, people),
    }


def _account(row: PatientAccount, people: People) -> dict[str, Any]:
    return {
        "recorded_at": row.started_at.isoformat(),
        "renewed_at": row.renewed_at.isoformat() if row.renewed_at else None,
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
        "ended_why": row.ended_why,
    }


def _link(row: PatientInvitation, people: People) -> dict[str, Any]:
    return {
        "recorded_at": row.created_at.isoformat(),
        "author": people.get(row.invited_by_id, NOBODY_ANY_MORE),
        "expires_at": row.expires_at.isoformat(),
        "used_at": row.used_at.isoformat() if row.used_at else None,
    }


OWN_SECTIONS: dict[type[Model], tuple[str, Callable[[Any, People], dict[str, Any]]]] = {
    SafetyPlan: ("safety_plans", _safety_plan),
    SafetyPlanUse: ("safety_plan_uses", _plan_use),
    PatientAccount: ("own_accounts", _account),
    PatientInvitation: ("own_links", _link),
}
