"""A route that somebody forgot to declare."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from fivefold.web.urls import urlpatterns as real


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("canary")


urlpatterns = [*real, path("undeclared", undeclared)]
