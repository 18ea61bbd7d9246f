"""The endpoints of models and their keys, for the site's administrators; a key goes in here and never comes out."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from annotation import policies
from core.errors import Missing
from core.policy import require
from frontend.pages.forms import asked, done
from pipelines.actions import endpoints
from pipelines.models import Endpoint

# So that no password manager offers the administrator's own, and none keeps this one.
SECRET = {"autocomplete": "off", "spellcheck": "false", "data-1p-ignore": "", "data-lpignore": "true"}


class Where(forms.Form):
    """Where an endpoint is, its key, and how much may be asked of it."""

    base_url = forms.CharField(
        label=_("Base URL"), max_length=200, widget=forms.TextInput(attrs={"inputmode": "url", "dir": "ltr"}),
        help_text=_("As its documentation says, often ending in /v1."),
    )  # fmt: skip
    key = forms.CharField(
        label=_("Key"), required=False, max_length=4000, widget=forms.PasswordInput(attrs=SECRET),
        help_text=_("Kept encrypted, and sent to this address only. Empty for a server that asks for none."),
    )  # fmt: skip
    requests_per_minute = forms.IntegerField(label=_("Requests a minute, at most"), required=False, min_value=1)
    tokens_per_minute = forms.IntegerField(label=_("Tokens a minute, at most"), required=False, min_value=1)
    concurrency = forms.IntegerField(label=_("Calls at once, at most"), required=False, min_value=1)


class New(Where):
    """The same, with the name it will be asked for by."""

    name = forms.SlugField(label=_("Name"), max_length=40, help_text=_("Runs ask it as openai:MODEL@name; it is never changed."))
    field_order = ["name"]


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("key")
@login_required
@never_cache
def endpoints_page(request: HttpRequest) -> HttpResponse:
    """Every endpoint, and the form for one more."""
    require(policies.manage_endpoints(request.user))
    if request.method == "POST":
        return asked(request, MOVES)(request)
    return _page(request, New())


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("key")
@login_required
@never_cache
def endpoint_page(request: HttpRequest, name: str) -> HttpResponse:
    """One endpoint: its address, limits and key can be changed."""
    require(policies.manage_endpoints(request.user))
    row = _named(name)
    start = {field: getattr(row, field) for field in ("base_url", *endpoints.LIMITS)}
    form = Where(request.POST or None, initial=start)
    form.fields["key"].help_text = gettext("Empty to keep %(key)s. It is needed anew when the address changes.") % {
        "key": row.key_shown or gettext("it as it is")
    }
    if form.is_valid():
        done(form, endpoints.change, row, **form.cleaned_data, by=request.user)
        if form.is_valid():
            messages.success(request, gettext("Saved."))
            return redirect("endpoints")
    return render(request, "frontend/endpoint.html", {"form": form, "endpoint": row}, status=422 if form.errors else 200)


def _page(request: HttpRequest, form: forms.Form) -> HttpResponse:
    rows = list(Endpoint.objects.select_related("created_by").order_by("status", "name"))
    return render(request, "frontend/endpoints.html", {"form": form, "endpoints": rows}, status=422 if form.errors else 200)


def _add(request: HttpRequest) -> HttpResponse:
    form = New(request.POST)
    if form.is_valid() and (made := done(form, endpoints.add, **form.cleaned_data, by=request.user)):
        messages.success(request, gettext("%(name)s is added. Try it once before a run needs it.") % {"name": made.name})
        return redirect("endpoints")
    return _page(request, form)


def _try(request: HttpRequest) -> HttpResponse:
    row = _named(request.POST.get("name", ""))
    answer = endpoints.try_out(row, by=request.user)
    tell = messages.success if answer.ok else messages.error
    tell(request, f"{row.name}: {answer.text}")
    return redirect("endpoints")


def _retire(request: HttpRequest) -> HttpResponse:
    row = _named(request.POST.get("name", ""))
    endpoints.retire(row, by=request.user)
    messages.success(request, gettext("%(name)s is retired and its key forgotten.") % {"name": row.name})
    return redirect("endpoints")


def _named(name: str) -> Any:
    row = Endpoint.objects.filter(name=name).first()
    if row is None:
        raise Missing(gettext("There is no endpoint of that name."))
    return row


MOVES: dict[str, Callable[[HttpRequest], HttpResponse]] = {"add": _add, "try": _try, "retire": _retire}
urlpatterns = [
    path("endpoints/", endpoints_page, name="endpoints"),
    path("endpoints/<slug:name>/", endpoint_page, name="endpoint"),
]
