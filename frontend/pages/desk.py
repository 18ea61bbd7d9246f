"""How one works: the keys of the work screen, and a daily goal for those who want one."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from core import accounts
from core.models import User
from frontend import keys
from frontend.pages.forms import asked, done


class Keys(forms.Form):
    """One box for each action of the work screen."""

    def __init__(self, person: User, *args: Any) -> None:
        super().__init__(*args, initial=keys.of(person), auto_id="key_%s")
        for name, (_usual, words) in keys.USUAL.items():
            box = forms.TextInput(attrs={"size": 2, "class": "key", "autocapitalize": "none", "autocomplete": "off"})
            self.fields[name] = forms.CharField(label=capfirst(words), max_length=4, widget=box)


class Goal(forms.Form):
    goal = forms.IntegerField(
        label=_("Answers a day"), required=False, min_value=1, max_value=accounts.MOST_A_DAY,
        help_text=_("For yourself: nobody else sees it, and nothing depends on it. Leave it empty for none."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return asked(request, {"keys": _keys, "usual": _usual, "goal": _goal})(request)
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200, **sent: forms.Form) -> HttpResponse:
    fresh = {"keys_form": Keys(request.user), "goal_form": Goal(initial={"goal": request.user.daily_goal})}
    return render(request, "frontend/desk.html", fresh | sent, status=status)


def _keys(request: HttpRequest) -> HttpResponse:
    form = Keys(request.user, request.POST)
    if form.is_valid():
        done(form, accounts.choose_keys, request.user, form.cleaned_data, usual=keys.usual())
    if form.errors:
        return _page(request, keys_form=form, status=422)
    return _saved(request)


def _usual(request: HttpRequest) -> HttpResponse:
    accounts.choose_keys(request.user, {}, usual=keys.usual())
    return _saved(request)


def _goal(request: HttpRequest) -> HttpResponse:
    form = Goal(request.POST)
    if not form.is_valid():
        return _page(request, goal_form=form, status=422)
    accounts.set_goal(request.user, form.cleaned_data["goal"])
    return _saved(request)


def _saved(request: HttpRequest) -> HttpResponse:
    messages.success(request, gettext("Saved."))
    return redirect("desk")


urlpatterns = [path("account/desk/", desk, name="desk")]
