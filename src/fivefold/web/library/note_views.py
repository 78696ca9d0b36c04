"""How we do it here: a clinic's own words beside a module, with every version."""

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fivefold.concepts.errors import UnknownThing
from fivefold.services import clinic_notes, drafts, library
from fivefold.services.access import Permission
from fivefold.services.plans import ChangedMeanwhile
from fivefold.web.library import shelf
from fivefold.web.library.forms import NoteForm
from fivefold.web.pages import PageRequest, page


def _versions(request: PageRequest, module: str) -> list[clinic_notes.SeenNote]:
    try:
        return clinic_notes.see_versions(request.actor, module=module)
    except UnknownThing:
        raise Http404 from None


def _about(request: PageRequest, module: str) -> dict[str, object]:
    """The module that a note stands beside."""
    book = library.open_book(request.actor)
    return {"part": "library", "module": module, "name": book.knowledge.name_of(module), "url": shelf.url_at(book, module)}


@page(Permission.WRITE_CLINIC_NOTES)
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: PageRequest, module: str) -> HttpResponseBase:
    """Write the next version; if somebody else was quicker, both stand on the page and nothing is lost."""
    known = _versions(request, module)
    newest = known[0] if known else None
    start = {"text": newest.text if newest else "", "version": newest.number if newest else 0}
    form = NoteForm(request.POST if request.method == "POST" else None, initial=start)
    context = _about(request, module) | {"form": form, "newest": newest}
    if form.is_bound and form.is_valid():
        sent = form.cleaned_data
        try:
            clinic_notes.write_note(request.actor, module=module, text=sent["text"], version=sent["version"])
        except ChangedMeanwhile as changed:
            again = NoteForm(initial={"text": sent["text"], "version": changed.version})
            return render(request, "library/note.html", context | {"form": again, "changed": changed}, status=409)
        drafts.drop_draft(request.actor, page=request.path, writing=request.POST.get("writing", ""))
        messages.success(request, _("Saved. Everybody of the clinic reads it beside the module; earlier versions stay readable."))
        return redirect(str(context["url"]))
    return render(request, "library/note.html", context, status=422 if form.errors else 200)


@page(Permission.SEE_LIBRARY)
@require_safe
def versions(request: PageRequest, module: str) -> HttpResponseBase:
    """Every version of a note, newest first."""
    return render(request, "library/versions.html", _about(request, module) | {"versions": _versions(request, module)})
