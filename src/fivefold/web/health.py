"""For whoever watches over the server: is the process alive, and can it work."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from fivefold.services import installation


def alive(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """The database answers and is up to date, the keys open, the knowledge base loads. Says which, never why."""
    checks = installation.readiness()
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)
