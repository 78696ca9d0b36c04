"""Synthetic clinics for trying out, teaching and testing: built from a seed by the real services, marked, removable.

The parts are in ``fivefold.services.synthetic``; this is their door.
"""

from fivefold.services.synthetic.bulk import bulk_clinic
from fivefold.services.synthetic.clinic import build_synthetic_clinic, fill_clinic, is_complete
from fivefold.services.synthetic.removal import NotSynthetic, remove_all_synthetic, remove_records, remove_synthetic

__all__ = ["NotSynthetic", "build_synthetic_clinic", "bulk_clinic", "fill_clinic", "is_complete", "remove_all_synthetic", "remove_records", "remove_synthetic"]
