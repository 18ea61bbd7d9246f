"""Bringing files in: the form of each format, and the imports there have been."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from annotation.models import Dataset
from core.errors import Invalid
from frontend.pages import plugin_forms
from frontend.pages.access import dataset_render, manager_page
from frontend.pages.forms import done
from frontend.plugin_words import described
from pipelines.actions import imports
from pipelines.importers import Importer, importers
from pipelines.models import Run, RunItem

SHOWN = 50
# What the page proposes, in place of the first by name.
USUAL = "jsonl"


class File(forms.Form):
    """The file, or where it is to be fetched, and the split its rows go to; the chosen format adds its own parameters."""

    file = forms.FileField(label=_("File"), required=False)
    url = forms.CharField(
        label=_("Or its address"), required=False, max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url", "dir": "ltr", "placeholder": "https://…", "autocomplete": "off"}),
        help_text=_("A public https:// address: the server fetches the file from there."),
    )  # fmt: skip
    split = forms.CharField(
        label=_("Split"), max_length=40, initial="test", help_text=_("For rows that name none themselves.")
    )

    def __init__(self, importer: type[Importer], dataset: Dataset, *args: Any) -> None:
        super().__init__(*args)
        self.fields |= plugin_forms.fields_of(importer)
        if "kind" in self.fields:
            kinds = [(name, name) for name in dataset.kinds.kinds]
            self.fields["kind"] = forms.ChoiceField(label=_("Kind"), choices=kinds, help_text=_("What the rows are."))

    def clean_file(self) -> UploadedFile | None:
        file = self.cleaned_data["file"]
        if file and file.size > settings.MAX_UPLOAD_BYTES:
            limit = filesizeformat(settings.MAX_UPLOAD_BYTES)
            raise forms.ValidationError(_("Files over %(limit)s come in by manage.py import_items.") % {"limit": limit})
        return file

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if "file" not in self.errors and bool(values.get("file")) == bool(values.get("url")):
            self.add_error("file", _("Choose a file, or give its address: one of them."))
        return values


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def imports_page(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    name = request.GET.get("format", USUAL)
    importer = importers.get(name if name in importers.all else USUAL)
    if request.method == "POST":
        form = File(importer, dataset, request.POST, request.FILES)
        if form.is_valid() and (run := done(form, _start, dataset, importer, form.cleaned_data, request.user)):
            return redirect("run", dataset.slug, run.pk)
    else:
        form = File(importer, dataset)
    runs = list(dataset.runs.filter(job__name="import_file").select_related("created_by").order_by("-pk")[:SHOWN])
    results = dict(RunItem.objects.filter(run__in=runs).values_list("run", "result"))
    context = {
        "form": form,
        "importer": importer,
        "about": described(importer),
        "importers": importers.all.values(),
        "imports": [(run, results.get(run.pk, {})) for run in runs],
    }
    return dataset_render(request, "frontend/imports.html", dataset, status=422 if form.errors else 200, **context)


def _start(dataset: Dataset, plugin: type[Importer], values: dict[str, Any], user: Any) -> Run:
    importer = importers.build({"name": plugin.name, "params": plugin_forms.params(plugin, values)})
    if values["url"]:
        try:
            return imports.start_from_url(dataset, values["url"], importer=importer, split=values["split"], by=user)
        except Invalid as problem:  # of the address, or of what came from there
            raise problem if problem.errors else Invalid(str(problem), {"url": str(problem)}) from None
    if values["file"].size == 0:
        raise Invalid(gettext("The file is empty."), {"file": gettext("The file is empty.")})
    with _on_disk(values["file"]) as file:
        return imports.start(
            dataset, file, importer=importer, split=values["split"], name=values["file"].name, by=user
        )  # fmt: skip


@contextmanager
def _on_disk(upload: UploadedFile) -> Iterator[Path]:
    """The uploaded bytes as a file, for as long as the action needs to take its own copy."""
    with tempfile.NamedTemporaryFile(prefix="dragoman-upload-") as file:
        shutil.copyfileobj(upload, file)
        file.flush()
        yield Path(file.name)


urlpatterns = [path("d/<slug:slug>/imports/", imports_page, name="imports")]
