"""How often one person, or one place, may do what costs much or could be tried again and again.

Counted in this process and in windows that do not slide: a limit is there against floods and guessing, not to the last click.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponseBase
from django.shortcuts import render

from fivefold.web.errors import page_of_form, typed
from fivefold.web.pages import PageRequest

P = ParamSpec("P")
View = Callable[Concatenate[PageRequest, P], HttpResponseBase]


def limited(name: str, *, methods: tuple[str, ...] = ("POST",), of: str = "") -> Callable[[View[P]], View[P]]:
    """Answer 429 where a view is asked more often than ``FIVEFOLD_LIMITS`` says under this name: how often, in how many seconds.

    Counted for each person, signed out for each address; with ``of`` for each value of that part of the view's address.
    """

    def wrap(view: View[P]) -> View[P]:
        @wraps(view)
        def run(request: PageRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            most, seconds = settings.FIVEFOLD_LIMITS[name]
            if request.method in methods and _count(f"limit:{name}:{_whose(request, kwargs.get(of))}", seconds) > most:
                return _too_many(request, seconds)
            return view(request, *args, **kwargs)

        return cast(View[P], run)

    return wrap


def _whose(request: PageRequest, part: Any) -> str:
    if part is not None:
        return f"part:{hash(part)}"
    return f"user:{request.user.pk}" if request.user.is_authenticated else f"address:{hash(request.META.get('REMOTE_ADDR'))}"


def _count(key: str, seconds: int) -> int:
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:  # the window has ended just now
        return 1


def _too_many(request: PageRequest, seconds: int) -> HttpResponseBase:
    minutes = max(1, seconds // 60)
    answer = render(request, "errors/429.html", {"minutes": minutes, "yours": typed(request.POST), "back": page_of_form(request)}, status=429)
    answer["Retry-After"] = str(seconds)
    return answer
