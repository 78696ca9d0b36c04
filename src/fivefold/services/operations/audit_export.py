"""The audit trail as a file for investigators: one line for each entry, and the signed end of the chain as the last."""

import json
from collections.abc import Iterator
from dataclasses import asdict

from fivefold.records.models import AuditEntry, Clinic
from fivefold.services import audit, waiting_entries
from fivefold.services.access import Actor, Permission, clinical_act


def audit_lines(clinic: Clinic) -> Iterator[str]:
    """The clinic's trail as lines of JSON. It names people and patients by their ids and holds no texts."""
    anchor = audit.make_anchor(clinic)
    entries = AuditEntry.objects.filter(clinic=clinic, number__lte=anchor.number).order_by("number")
    for row in entries.values(*audit.CONTENT, "hash").iterator(chunk_size=2000):
        yield json.dumps({name: audit.plain(value) for name, value in row.items()}, sort_keys=True)
    yield json.dumps({"anchor": asdict(anchor)}, sort_keys=True)


@clinical_act(Permission.SEE_AUDIT, view=True)
def export_audit(actor: Actor) -> str:
    """The own clinic's trail as text; taking it is itself audited."""
    return "\n".join(audit_lines(actor.clinic)) + "\n"


def read_anchor(text: str) -> audit.Anchor:
    """The anchor at the end of an exported trail, or of a file that holds nothing else."""
    last = json.loads(text.strip().splitlines()[-1])
    return audit.Anchor(**last["anchor"])


def export_audit_of(clinic_id: int) -> Iterator[str]:
    """The trail of one clinic for the operator; that it was taken is its next entry."""
    clinic = Clinic.objects.get(pk=clinic_id)
    waiting_entries.take_in()
    yield from audit_lines(clinic)
    audit.record_system(clinic, "export_audit")
