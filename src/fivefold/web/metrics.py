"""Numbers about the running app for a program that watches it (Prometheus): which routes, how they ended, how long they took.

Off unless a token is configured. Nothing in them is about anybody: routes by their name, never addresses.
"""

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from fivefold.services.waiting_entries import see_waiting
from fivefold.web.errors import not_found

# The bounds of our goals (0.12 s for a page, 0.15 s for a what-if change) are among them, so that the share within each can be read off.
BOUNDS = (0.01, 0.025, 0.05, 0.12, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 30)
METHODS = ("GET", "HEAD", "POST")

OWN = CollectorRegistry()
REQUESTS = Counter("fivefold_requests", "Requests by route, method and status.", ("route", "method", "status"), registry=OWN)
SECONDS = Histogram("fivefold_request_seconds", "Seconds from a request to its answer, by route.", ("route",), buckets=BOUNDS, registry=OWN)
DATABASE_ERRORS = Counter("fivefold_database_errors", "Requests that an error of the database ended, by its kind.", ("kind",), registry=OWN)


class _Waiting(Collector):
    """What every process sees alike, looked at when it is asked for."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        waiting = see_waiting()
        value = len(waiting.entries) + len(waiting.spoilt)
        yield GaugeMetricFamily("fivefold_audit_entries_waiting", "Views whose entry the database could not take yet.", value)


OF_NOW = CollectorRegistry()
OF_NOW.register(_Waiting())


def note_request(request: HttpRequest, status: int, seconds: float) -> None:
    """Count one request that was answered, unless nobody asks for the numbers."""
    if not settings.FIVEFOLD_METRICS_TOKEN:
        return
    match = request.resolver_match
    route = (match.url_name or "unnamed") if match else "none"
    REQUESTS.labels(route, request.method if request.method in METHODS else "other", status).inc()
    SECONDS.labels(route).observe(seconds)
    if kind := getattr(request, "database_error", ""):
        DATABASE_ERRORS.labels(kind).inc()


def metrics(request: HttpRequest) -> HttpResponse:
    """The numbers of all processes of the server, for whoever knows the token; for anybody else there is no such page."""
    token = settings.FIVEFOLD_METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        return not_found(request)
    return HttpResponse(generate_latest(_of_all_processes()) + generate_latest(OF_NOW), content_type=CONTENT_TYPE_LATEST)


def _of_all_processes() -> CollectorRegistry:
    """The processes of one server write into a folder that they share; without it there is this process alone."""
    if not settings.FIVEFOLD_METRICS_FOLDER:
        return OWN
    together = CollectorRegistry()
    MultiProcessCollector(together, path=str(settings.FIVEFOLD_METRICS_FOLDER))  # type: ignore[no-untyped-call]
    return together
