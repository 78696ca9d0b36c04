"""The doors through which a patient reaches a questionnaire without an account: a signed link, and a tablet the clinic has registered.

Neither says who somebody is, and nothing personal stands in an address. A door that is unknown and one that is closed give one answer.
"""

import base64
import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _

from fivefold.records import clock
from fivefold.records.crypto import keyring
from fivefold.records.models import Clinic, KioskDevice, MeasureRequest
from fivefold.services.access import Actor, Permission, clinical_act
from fivefold.services.measure_answers import NotOpen, is_open
from fivefold.services.patients import NotAcceptable

# Without signs that are taken for each other: 30 to the power of 6 codes, tried at most a few times a minute and good for a day.
SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 6
MOST_DEVICES = 20


# ---- A link ------------------------------------------------------------------------------------------------------------------------


def link_token(request_id: uuid.UUID) -> str:
    """What stands in the address of a questionnaire: its random id, signed by this installation. It says nothing about anybody."""
    return _signer().sign(base64.urlsafe_b64encode(request_id.bytes).rstrip(b"=").decode())


def request_of_token(token: str) -> uuid.UUID:
    """The questionnaire behind an address; raises NotOpen for one that was not signed here, is not given by link, or is closed."""
    try:
        plain = _signer().unsign(token)
        wanted = uuid.UUID(bytes=base64.urlsafe_b64decode(plain + "=="))
    except (BadSignature, ValueError):
        raise NotOpen from None
    if not MeasureRequest.objects.filter(pk=wanted, route="link").exists():
        raise NotOpen
    return wanted


def _signer() -> Signer:
    return Signer(salt="fivefold.questionnaire.link", sep=".")


# ---- A kiosk -----------------------------------------------------------------------------------------------------------------------


def kiosk_code(request_id: uuid.UUID) -> str:
    """The short code that opens a questionnaire at a kiosk of its clinic; made from its id and the key file, so that it is kept nowhere."""
    digits = int.from_bytes(hashlib.sha256(keyring().chain_hash(b"kiosk code" + request_id.bytes).encode()).digest(), "big")
    signs = []
    for _place in range(CODE_LENGTH):
        digits, rest = divmod(digits, len(SIGNS))
        signs.append(SIGNS[rest])
    return "".join(signs)


def kiosk_code_hash(clinic_id: int, code: str) -> str:
    """Under which a code is found: spaces, hyphens and small letters make no difference."""
    return keyring().blind_index("".join(sign for sign in code.upper() if sign.isalnum()), f"kiosk code {clinic_id}")


def request_of_code(device_secret: str, code: str) -> uuid.UUID:
    """The open questionnaire behind a code typed at a registered tablet; raises NotOpen for everything else."""
    device = device_of(device_secret)
    if device is None:
        raise NotOpen
    wanted = kiosk_code_hash(device.clinic_id, code)
    rows = MeasureRequest.objects.filter(clinic_id=device.clinic_id, route="kiosk", code=wanted, expires_at__gte=clock.now())
    found = rows.order_by("-recorded_at").values_list("pk", flat=True).first()
    if found is None or not is_open(found):
        raise NotOpen
    return found


def device_of(secret: str) -> KioskDevice | None:
    """The running tablet that knows this secret, or None."""
    if not secret:
        return None
    return KioskDevice.objects.filter(secret_hash=_hash(secret), ended_at__isnull=True).select_related("clinic").first()


def clinic_of_device(secret: str) -> Clinic | None:
    """The clinic of a registered tablet."""
    device = device_of(secret)
    return device.clinic if device else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True)
class SeenDevice:
    """One registered tablet."""

    id: uuid.UUID
    name: str
    by: str
    since: datetime


@clinical_act(Permission.MANAGE_SETTINGS, view=True)
def see_devices(actor: Actor) -> list[SeenDevice]:
    """The tablets that are registered now."""
    rows = KioskDevice.objects.filter(clinic=actor.clinic, ended_at__isnull=True).select_related("registered_by").order_by("registered_at")
    return [SeenDevice(row.pk, row.name, row.registered_by.name, row.registered_at) for row in rows]


@clinical_act(Permission.MANAGE_SETTINGS)
def register_device(actor: Actor, *, name: str) -> str:
    """Register the device somebody sits at as a tablet of the waiting room; gives its secret, which is shown nowhere and kept as a hash."""
    if not name.strip() or len(name) > 80:
        raise NotAcceptable("Name", _("a name by which you know the tablet, at most 80 characters"))
    if KioskDevice.objects.filter(clinic=actor.clinic, ended_at__isnull=True).count() >= MOST_DEVICES:
        raise NotAcceptable("Tablets", _("at most %d at a time: end one first") % MOST_DEVICES)
    secret = secrets.token_urlsafe(32)
    KioskDevice(clinic=actor.clinic, name=name.strip(), secret_hash=_hash(secret), registered_by=actor.user).save()
    return secret


@clinical_act(Permission.MANAGE_SETTINGS)
def end_device(actor: Actor, *, device_id: uuid.UUID) -> None:
    """A tablet is no longer one of the clinic: from now on it opens nothing."""
    KioskDevice.objects.filter(clinic=actor.clinic, pk=device_id, ended_at__isnull=True).update(ended_at=clock.now())
