"""All addresses of the app. A route whose view declares no permission is refused, and fails the tests."""

from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import include, path

from fivefold.web import health, metrics
from fivefold.web.pages import Open, PageRequest, page
from fivefold.web.parts import PARTS
from fivefold.web.ui.nav import entries


@page(Open.TO_SIGNED_IN)
def home(request: PageRequest) -> HttpResponseBase:
    """Each role begins at the first page that is theirs."""
    own = entries(request.actor)
    return redirect(own[0].url if own else "account")


urlpatterns = [
    path("", home, name="home"),
    path("healthz", page(Open.TO_ALL)(health.alive), name="healthz"),
    path("readyz", page(Open.TO_ALL)(health.ready), name="readyz"),
    path("metrics", page(Open.TO_ALL)(metrics.metrics), name="metrics"),
    *[path("", include(f"fivefold.web.{part}.urls")) for part in PARTS],
]

handler400 = "fivefold.web.errors.not_understood"
handler404 = "fivefold.web.errors.not_found"
handler500 = "fivefold.web.errors.went_wrong"
