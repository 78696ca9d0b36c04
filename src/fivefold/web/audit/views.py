"""Pages of the audit trail."""

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from fivefold.services import audit_trail
from fivefold.services.access import Permission
from fivefold.services.operations.audit_export import export_audit
from fivefold.web.audit import words
from fivefold.web.limits import limited
from fivefold.web.pages import PageRequest, page


class TrailForm(forms.Form):
    """What to narrow the trail down to."""

    act = forms.CharField(label=gettext_lazy("Act"), required=False, max_length=240)
    user_id = forms.IntegerField(label=gettext_lazy("Person"), required=False)
    patient = forms.CharField(label=gettext_lazy("Patient (id)"), required=False, max_length=40)
    on = forms.DateField(label=gettext_lazy("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    before = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def choose(self, seen: audit_trail.SeenTrail) -> None:
        """Offer the acts and people there are; acts that are called the same are one choice."""
        named: dict[str, list[str]] = {}
        for act in seen.acts:
            named.setdefault(words.act_word(act), []).append(act)
        acts = [(",".join(ones), word) for word, ones in sorted(named.items())]
        self.fields["act"].widget = forms.Select(choices=[("", _("all")), *acts])
        self.fields["user_id"].widget = forms.Select(choices=[("", _("everybody")), *seen.people])


@page(Permission.SEE_AUDIT)
@require_GET
def trail(request: PageRequest) -> HttpResponseBase:
    """The newest entries, or those asked for."""
    form = TrailForm(request.GET)
    asked = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")} if form.is_valid() else {}
    acts = [act for act in str(asked.pop("act", "")).split(",") if act]
    seen = audit_trail.see_trail(request.actor, acts=acts, **asked)
    form.choose(seen)
    older = urlencode({**{name: value for name, value in request.GET.items() if value}, "before": seen.before}) if seen.before else ""
    lines = [(one, words.act_word(one.act)) for one in seen.entries]
    context = {"part": "audit", "form": form, "seen": seen, "lines": lines, "older": older}
    return render(request, "audit/trail.html", context, status=422 if form.errors else 200)


@page(Permission.SEE_AUDIT)
@require_POST
@limited("download")
def check(request: PageRequest) -> HttpResponseBase:
    """Check that nothing was changed, cut or reordered."""
    problems = audit_trail.check_trail(request.actor)
    if not problems:
        messages.success(request, _("The trail holds: nothing was changed, cut or reordered."))
    else:
        words = ngettext("%(n)d place does not hold.", "%(n)d places do not hold.", len(problems)) % {"n": len(problems)}
        first = _("The first: entry %(number)d, %(what)s.") % {"number": problems[0].number, "what": problems[0].what}
        messages.error(request, f"{words} {first}")
    return redirect("audit")


@page(Permission.SEE_AUDIT)
@require_POST
@limited("download")
def export(request: PageRequest) -> HttpResponseBase:
    """The whole trail as a file, with its signed end."""
    answer = HttpResponse(export_audit(request.actor), content_type="application/x-ndjson; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="audit-{timezone.localdate().isoformat()}.ndjson"'
    return answer
