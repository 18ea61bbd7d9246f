"""A campaign's guideline: written in Markdown beside how it will look, with pictures and worked examples."""

from collections.abc import Callable
from typing import Any

import yaml
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from annotation.actions import campaigns, images
from annotation.models import Campaign, Dataset, Guideline
from core.errors import Missing
from frontend import markdown
from frontend.pages.access import campaign_of, dataset_render, manager_page, member_page
from frontend.pages.forms import Prose, YamlField, asked, done

TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}


class NewGuideline(forms.Form):
    text = Prose(
        label=_("Guideline"),
        rows=24,
        required=False,
        help_text=_("Markdown. Saving makes a new version; answers name the one they followed."),
    )
    examples = YamlField(
        label=_("Worked examples"),
        rows=10,
        required=False,
        help_text=_("YAML: a list, each with source, answer and why, and if you like draft and language (such as sw)."),
    )

    @classmethod
    def of(cls, guideline: Guideline | None) -> "NewGuideline":
        """The form as it is opened: with what people are told now."""
        text, examples = (guideline.text, guideline.examples) if guideline else ("", [])
        written = yaml.safe_dump(examples, allow_unicode=True, sort_keys=False, width=100) if examples else ""
        return cls(initial={"text": text, "examples": written})


class NewImage(forms.Form):
    image = forms.FileField(label=_("Picture"), help_text=_("PNG, JPEG, GIF or WebP, up to 2 MB."))


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def guideline(request: HttpRequest, dataset: Dataset, campaign: str) -> HttpResponse:
    found = campaign_of(dataset, campaign)
    if request.method == "POST":
        return asked(request, MOVES)(request, found)
    return _page(request, found)


def _page(request: HttpRequest, found: Campaign, form: forms.Form | None = None, image: forms.Form | None = None) -> HttpResponse:
    newest = found.guidelines.first()
    form = form or NewGuideline.of(newest)
    context = {
        "campaign": found,
        "newest": newest,
        "form": form,
        "image": image or NewImage(),
        "images": found.dataset.images.defer("data").order_by("-pk"),
        "looks": form["text"].value() or "",
    }
    status = 422 if form.errors or (image and image.errors) else 200
    return dataset_render(request, "frontend/guideline.html", found.dataset, status=status, **context)


def _save(request: HttpRequest, found: Campaign) -> HttpResponse:
    form = NewGuideline(request.POST)
    if form.is_valid():
        text, examples = form.cleaned_data["text"], form.cleaned_data["examples"]
        given = [] if examples is None else examples
        made = done(form, campaigns.revise_guideline, found, text, examples=given, by=request.user)
        if made:
            messages.success(request, gettext("Version %(version)s is what people see now.") % {"version": made.version})
            return redirect("campaign", found.dataset.slug, found.slug)
    return _page(request, found, form)


def _look(request: HttpRequest, found: Campaign) -> HttpResponse:
    """The text as it will look: alone for the page's script, with the whole page where there is none."""
    if request.htmx:
        return HttpResponse(markdown.to_html(request.POST.get("text", "")))
    return _page(request, found, NewGuideline(initial={"text": request.POST.get("text", ""), "examples": request.POST.get("examples", "")}))


def _image(request: HttpRequest, found: Campaign) -> HttpResponse:
    """Keep the picture; what was written so far stays in its boxes."""
    image = NewImage(None, request.FILES)
    image.is_bound = True
    if image.is_valid() and (made := done(image, images.keep, found.dataset, image.cleaned_data["image"].read(), by=request.user)):
        messages.success(request, gettext("The picture is there. Copy its line into the text: %(line)s") % {"line": line(found, made.file)})
        image = None
    written: dict[str, Any] = {name: request.POST.get(name, "") for name in NewGuideline.base_fields}
    return _page(request, found, NewGuideline(initial=written), image)


def line(found: Campaign, file: str) -> str:
    """What stands in a text for a picture."""
    return f"![{gettext('what it shows')}](/d/{found.dataset.slug}/images/{file})"


@require_safe
@member_page
def picture(request: HttpRequest, dataset: Dataset, sha256: str, extension: str) -> HttpResponse:
    """A picture of the dataset's guidelines, for its members; it never changes, so it is asked for once."""
    found = dataset.images.filter(sha256=sha256, extension=extension).first()
    if found is None:
        raise Missing(gettext("There is no such picture."))
    answer = HttpResponse(bytes(found.data), content_type=TYPES[found.extension])
    patch_cache_control(answer, private=True, max_age=31536000, immutable=True)
    return answer


MOVES: dict[str, Callable[[HttpRequest, Campaign], HttpResponse]] = {"save": _save, "look": _look, "image": _image}
urlpatterns = [
    path("d/<slug:slug>/campaigns/<slug:campaign>/guideline/", guideline, name="guideline"),
    path("d/<slug:slug>/images/<slug:sha256>.<slug:extension>", picture, name="picture"),
]
