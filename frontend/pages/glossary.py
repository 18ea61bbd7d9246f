"""A dataset's glossary: its agreed renderings to look through and take along, and for managers to bring in, add and drop."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from annotation import policies
from annotation.actions import terms
from annotation.models import Dataset, Term
from core.errors import Missing
from core.policy import require
from core.spreadsheet import lines
from frontend.pages.access import dataset_render, languages_of, member_page
from frontend.pages.forms import asked, done
from frontend.pages.sheets import csv_response
from frontend.templatetags.texts import language_label

SHOWN = 100
LARGEST = 10 * 1024 * 1024
ERRORS_SHOWN = 50


class Languages(forms.Form):
    """A form about one of some languages."""

    def __init__(self, tags: list[str], *args: object) -> None:
        super().__init__(*args, auto_id=f"{type(self).__name__.lower()}_%s")  # there are two of them on the page
        options = [(tag, language_label(tag)) for tag in tags]
        self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=options)
        self.order_fields(["language"])


class NewTerm(Languages):
    source = forms.CharField(label=_("Term"), max_length=200)
    target = forms.CharField(label=_("Rendering"), max_length=200, widget=forms.TextInput(attrs={"dir": "auto"}))
    locked = forms.BooleanField(label=_("No other rendering is right"), required=False)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)


class File(Languages):
    file = forms.FileField(
        label=_("CSV file"), help_text=_("In UTF-8, with the columns source, target and, if you like, locked and note.")
    )

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("A glossary has at most %(limit)s.") % {"limit": filesizeformat(LARGEST)})
        return file


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@member_page
def glossary(request: HttpRequest, dataset: Dataset) -> HttpResponseBase:
    if request.method == "POST":
        require(policies.manage(request.user, dataset))
        return asked(request, MOVES)(request, dataset)
    if request.GET.get("as") == "csv":
        return _download(_found(request, dataset, languages_of(request.user, dataset)), dataset)
    return _page(request, dataset)


def _found(request: HttpRequest, dataset: Dataset, tags: list[str]) -> QuerySet[Term]:
    """The terms asked for, of the languages this person works with."""
    found = Term.objects.filter(dataset=dataset, language__in=tags)
    if tag := request.GET.get("language"):
        found = found.filter(language=tag)
    # NUL cannot stand in any term, and the database would not even take the question.
    if words := request.GET.get("q", "").strip().replace("\x00", ""):
        found = found.filter(Q(source__icontains=words) | Q(target__icontains=words) | Q(note__icontains=words))
    return found.order_by("source", "language")


def _page(
    request: HttpRequest, dataset: Dataset, *, term: forms.Form | None = None, file: forms.Form | None = None,
    refused: list[dict] = (), status: int = 200,
) -> HttpResponse:  # fmt: skip
    tags = languages_of(request.user, dataset)
    page = Paginator(_found(request, dataset, tags), SHOWN).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "query": query.urlencode(),
        "wanted": {name: request.GET.get(name, "") for name in ("language", "q")},
        "tags": tags,
        "term_form": term or NewTerm(tags),
        "file_form": file or File(tags),
        "refused": refused[:ERRORS_SHOWN],
        "refused_more": max(len(refused) - ERRORS_SHOWN, 0),
    }
    return dataset_render(request, "frontend/glossary.html", dataset, status=status, **context)


def _download(found: QuerySet[Term], dataset: Dataset) -> HttpResponseBase:
    rows = ((one.source, one.target, "yes" if one.locked else "", one.note, one.language) for one in found.iterator())
    return csv_response(lines([*terms.COLUMNS, "language"], rows), f"{dataset.slug}-glossary.csv")


def _add(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    form = NewTerm(dataset.language_tags, request.POST)
    if form.is_valid():
        values = dict(form.cleaned_data)
        if made := done(form, terms.add, dataset, values.pop("language"), **values, by=request.user):
            messages.success(request, gettext("Agreed: %(term)s") % {"term": made})
            return redirect("glossary", dataset.slug)
    return _page(request, dataset, term=form, status=422)


def _upload(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    form = File(dataset.language_tags, request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data["file"].read()
        taken = done(form, terms.take_csv, dataset, form.cleaned_data["language"], data, by=request.user)
        if taken is not None:
            counts = {"added": taken.added, "changed": taken.changed, "same": taken.same}
            messages.success(request, gettext("%(added)s terms added, %(changed)s changed, %(same)s there already.") % counts)
            # Not after a redirect: which lines were refused is kept nowhere.
            return _page(request, dataset, refused=taken.errors) if taken.errors else redirect("glossary", dataset.slug)
    return _page(request, dataset, file=form, status=422)


def _remove(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    pk = request.POST.get("term", "")
    found = Term.objects.select_related("dataset").filter(dataset=dataset, pk=pk).first() if pk.isdecimal() else None
    if found is None:
        raise Missing(gettext("It is not here any more: load the page again."))
    terms.remove(found, by=request.user)
    messages.success(request, gettext("Dropped: %(term)s") % {"term": found})
    return redirect("glossary", dataset.slug)


MOVES: dict[str, Callable[[HttpRequest, Dataset], HttpResponse]] = {"add": _add, "upload": _upload, "remove": _remove}
urlpatterns = [path("d/<slug:slug>/glossary/", glossary, name="glossary")]
