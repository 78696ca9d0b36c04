"""PDF/UA-1 (ISO 14289-1) as an independent validator reads it; it has no part in how our documents are made."""

import page


def pdf_ua_problems(pdf: bytes) -> list[str]:
    """What keeps a file from conforming, the rule and its sentence; nothing when it conforms."""
    report = page.validate_pdf_bytes(pdf, profile=page.ValidationProfile.PDF_UA_1)
    return [] if report.is_compliant else [f"{one.rule_id}: {one.message}" for one in report.failures] or ["not compliant"]
