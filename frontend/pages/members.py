"""The people of a dataset: who they are, inviting more, suspending and reinstating."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotation.actions import members
from annotation.models import Dataset, Invitation
from annotation.models.members import Role
from core.errors import Missing
from frontend.pages.access import dataset_render, manager_page
from frontend.pages.forms import asked, done, language_choice, named


class Invite(forms.Form):
    email = forms.EmailField(label=_("E-mail"))
    role = forms.ChoiceField(label=_("As"), choices=named(Role), initial=Role.ANNOTATOR)

    def __init__(self, dataset: Dataset, *args: Any) -> None:
        super().__init__(*args)
        self.fields["languages"] = language_choice(
            dataset.language_tags, label=_("Languages"), required=False, help_text=_("Managers have all of them.")
        )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@manager_page
def members_page(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    if request.method == "POST":
        return asked(request, MOVES)(request, dataset)
    return _members(request, dataset, Invite(dataset))


def _members(
    request: HttpRequest, dataset: Dataset, form: forms.Form, *, status: int = 200, link: str = ""
) -> HttpResponse:
    context = {
        "members": dataset.members.select_related("user").order_by("role", "user__username"),
        "invitations": dataset.invitations.filter(status=Invitation.Status.OPEN).order_by("-pk"),
        "form": form,
        "link": link,
    }
    return dataset_render(request, "frontend/members.html", dataset, status=status, **context)


def _invite(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    form = Invite(dataset, request.POST)
    if form.is_valid() and (made := done(form, members.invite, dataset, **form.cleaned_data, by=request.user)):
        # Not after a redirect: the link is to be kept nowhere, not even in the session.
        link = request.build_absolute_uri(reverse("invitation", args=[made[1]]))
        return _members(request, dataset, Invite(dataset), link=link)
    return _members(request, dataset, form, status=422)


def _withdraw(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    members.withdraw(_chosen(request, dataset.invitations, "invitation"), by=request.user)
    messages.success(request, gettext("The invitation's link opens nothing any more."))
    return redirect("members", dataset.slug)


def _suspend(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    member = _chosen(request, dataset.members, "member")
    members.suspend(member, by=request.user)
    messages.success(request, gettext("%(name)s is suspended; what they did stays.") % {"name": member.user})
    return redirect("members", dataset.slug)


def _reinstate(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    member = _chosen(request, dataset.members, "member")
    members.reinstate(member, by=request.user)
    messages.success(request, gettext("%(name)s may work again.") % {"name": member.user})
    return redirect("members", dataset.slug)


def _chosen(request: HttpRequest, rows: Any, name: str) -> Any:
    """The row of this dataset that the button stood beside."""
    pk = request.POST.get(name, "")
    found = rows.filter(pk=pk).first() if pk.isdecimal() else None
    if found is None:
        raise Missing(gettext("It is not here any more: load the page again."))
    return found


MOVES: dict[str, Callable[[HttpRequest, Dataset], HttpResponse]] = {
    "invite": _invite, "withdraw": _withdraw, "suspend": _suspend, "reinstate": _reinstate,
}  # fmt: skip
urlpatterns = [path("d/<slug:slug>/members/", members_page, name="members")]
