"""A route that somebody forgot to declare, and one that breaks."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from fivefold.web.pages import Open, page
from fivefold.web.urls import urlpatterns as real


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("canary")


def breaks(request: HttpRequest) -> HttpResponse:
    raise ValueError("canary of a patient's words")


handler500 = "fivefold.web.errors.went_wrong"
urlpatterns = [*real, path("undeclared", undeclared), path("breaks", page(Open.TO_ALL)(breaks))]
