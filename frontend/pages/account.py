"""Coming in and one's own account: signing in and out, invitations, name and language, password, API tokens."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from annotation.actions import members
from core import accounts
from core.errors import Missing
from core.models import ApiToken, User
from frontend.pages.forms import asked, done
from frontend.spoken import spoken

BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignUp(forms.Form):
    """A new account for the address an invitation was sent to."""

    name = forms.CharField(
        label=_("Name"), max_length=150, required=False, help_text=_("How others in the dataset see you.")
    )
    username = forms.CharField(
        label=_("User name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters; a few words in a row are good."),
    )  # fmt: skip


class Description(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    interface_language = forms.ChoiceField(label=_("Language of these pages"), choices=settings.LANGUAGES)


class NewPassword(PasswordChangeForm):
    """Django's form, which does not take the cursor to itself: it is one of several on its page."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fields["old_password"].widget.attrs.pop("autofocus", None)


class NewToken(forms.Form):
    name = forms.CharField(label=_("What is it for?"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("It may"), widget=forms.CheckboxSelectMultiple, choices=lambda: [(one, spoken(said)) for one, said in ApiToken.SCOPES]
    )
    days = forms.TypedChoiceField(
        label=_("It runs out"), required=False, empty_value=None, coerce=int, initial=90,
        choices=[(30, _("in 30 days")), (90, _("in 90 days")), (365, _("in a year")), ("", _("never"))],
    )  # fmt: skip


class SignIn(auth.LoginView):
    """The sign-in form; afterwards the pages speak the person's language."""

    template_name = "frontend/sign_in.html"
    redirect_authenticated_user = True
    http_method_names = ["get", "head", "post", "options"]

    def form_valid(self, form: Any) -> HttpResponse:
        return _in_their_language(super().form_valid(form), form.get_user())


def _in_their_language(response: HttpResponse, user: User) -> HttpResponse:
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.interface_language, samesite="Lax", secure=settings.HTTPS)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation's link leads: people with an account accept, the others make one."""
    found = members.find(token)
    form = SignUp(request.POST or None) if not request.user.is_authenticated else None
    if request.method == "POST":
        if form is None:
            members.accept(token, by=request.user)
            return redirect("dataset", found.dataset.slug)
        # Whoever reads the invitation in a language goes on in it, until they choose another.
        tag = get_language() or settings.LANGUAGE_CODE
        if form.is_valid() and (user := done(form, members.sign_up, token, language=tag, **form.cleaned_data)):
            login(request, user, backend=BACKEND)
            return _in_their_language(redirect("dataset", found.dataset.slug), user)
    context = {"invitation": found, "form": form}
    return render(request, "frontend/invitation.html", context, status=422 if form and form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("old_password", "new_password1", "new_password2")
@login_required
@never_cache
def account(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        moves = {"describe": _describe, "password": _password, "issue": _issue, "revoke": _revoke}
        return asked(request, moves)(request)
    return _account(request)


def _account(request: HttpRequest, *, status: int = 200, **forms_and_more: Any) -> HttpResponse:
    """The page, with the one form that was sent in place of a fresh one."""
    user = request.user
    start = {"name": user.get_full_name(), "interface_language": user.interface_language}
    context = {
        "description": Description(initial=start),
        "password": NewPassword(user),
        "new_token": NewToken(),
        "tokens": user.api_tokens.order_by("-pk"),
        "reviewed": user.reviews.exclude(action="dismissed").exists(),
        "memberships": user.memberships.select_related("dataset").order_by("dataset__name"),
    }
    return render(request, "frontend/account.html", context | forms_and_more, status=status)


def _describe(request: HttpRequest) -> HttpResponse:
    form = Description(request.POST)
    if not form.is_valid():
        return _account(request, description=form, status=422)
    accounts.describe(request.user, **form.cleaned_data)
    messages.success(request, gettext("Saved."))
    return _in_their_language(redirect("account"), request.user)


def _password(request: HttpRequest) -> HttpResponse:
    form = NewPassword(request.user, request.POST)
    if not form.is_valid():
        return _account(request, password=form, status=422)
    accounts.change_password(request.user, form.cleaned_data["new_password1"])
    update_session_auth_hash(request, request.user)
    messages.success(request, gettext("The password is changed; you are signed out everywhere else."))
    return redirect("account")


def _issue(request: HttpRequest) -> HttpResponse:
    form = NewToken(request.POST)
    if form.is_valid() and (issued := done(form, accounts.issue_token, request.user, **form.cleaned_data)):
        # Not after a redirect: the text is to be kept nowhere, not even in the session.
        return _account(request, issued=issued)
    return _account(request, new_token=form, status=422)


def _revoke(request: HttpRequest) -> HttpResponse:
    pk = request.POST.get("token", "")
    token = request.user.api_tokens.filter(pk=pk).first() if pk.isdecimal() else None
    if token is None:
        raise Missing(gettext("You have no such token (any more)."))
    accounts.revoke_token(token, by=request.user)
    messages.success(request, gettext("The token opens nothing any more."))
    return redirect("account")


urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="sign_in"),
    path("sign-out/", auth.LogoutView.as_view(http_method_names=["post", "options"]), name="sign_out"),
    path("account/", account, name="account"),
    path("invitation/<str:token>/", invitation, name="invitation"),
]
