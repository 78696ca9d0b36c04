"""A link as a picture that a phone can photograph; made here, so that the link goes nowhere else."""

import base64

from allauth.mfa.adapter import get_adapter


def picture_of(link: str) -> str:
    """The picture as a data address."""
    drawn: str = get_adapter().build_totp_svg(link)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()
