"""Rules for passwords beside Django's own."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LEAST_DIFFERENT = 6


class DifferentCharacters:
    """A long row of the same few characters is no password."""

    def validate(self, password: str, user: object = None) -> None:
        if len(set(password.strip())) < LEAST_DIFFERENT:
            raise ValidationError(self.get_help_text(), code="too_uniform")

    def get_help_text(self) -> str:
        return _("Your password must contain at least %(n)d different characters.") % {"n": LEAST_DIFFERENT}
