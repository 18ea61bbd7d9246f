"""What the pages' forms share: fields of our own, and how an action's refusal comes back to the field it is about."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import yaml
from django import forms
from django.db.models import Choices
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from core.errors import Conflict, Invalid
from frontend.errors import fields_of, message_of
from frontend.templatetags.texts import language_label
from pipelines.providers import Provider, provider, providers

Made = TypeVar("Made")


class TagsField(forms.CharField):
    """Language tags, apart by spaces or commas; which tags there are is for the action to say."""

    def clean(self, value: Any) -> list[str]:
        return super().clean(value).replace(",", " ").split()


class YamlField(forms.CharField):
    """Anything written as YAML, given on as plain data."""

    def __init__(self, *, rows: int = 16, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"class": "code", "rows": rows, "spellcheck": "false"})
        super().__init__(strip=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        try:
            return yaml.safe_load(super().clean(value))
        except yaml.YAMLError as problem:
            mark = getattr(problem, "problem_mark", None)
            where = f"line {mark.line + 1}: " if mark else ""
            raise forms.ValidationError(f"{where}{getattr(problem, 'problem', problem)}") from problem


class ProviderInput(forms.TextInput):
    """A box for a provider, with those there are to choose from."""

    template_name = "frontend/parts/provider.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, {"list": f"known-{name}"} | (attrs or {}))
        return context | {"providers": known_providers()}


class ProviderField(forms.CharField):
    """A provider as it is written, such as ``openai:MODEL``; given on as it is built, None where there may be none and is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Provider"), "max_length": 200, "widget": ProviderInput()} | kwargs)

    def clean(self, value: Any) -> Provider | None:
        said = super().clean(value)
        try:
            return provider(said) if said else None
        except Invalid as problem:
            raise forms.ValidationError(message_of(problem)) from problem


class BudgetField(forms.DecimalField):
    """What one run may spend."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Budget of this run, US dollars"), required=False, max_digits=10, decimal_places=4,
            help_text=_("Empty: none but the dataset's. No call is made that could pass it."),
        )  # fmt: skip


class BatchingField(forms.BooleanField):
    """Whether a run asks by batches; given on as the engine's word for it."""

    def __init__(self) -> None:
        super().__init__(
            label=_("By batches"), required=False,
            help_text=_("Often half the price. Each request takes up to a day, and one that needs the answer to another takes its own."),
        )  # fmt: skip

    def clean(self, value: Any) -> str:
        return "send" if super().clean(value) else ""


class Text(forms.CharField):
    """A longer text, kept exactly as written."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        super().__init__(strip=False, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class Prose(Text):
    """A text of paragraphs: browsers send its line ends as CRLF, and as it was written they are LF."""

    def clean(self, value: Any) -> str:
        return super().clean(value).replace("\r\n", "\n")


def known_providers() -> list[tuple[str, str]]:
    """How each provider is written in a form, with its title in the reader's language."""
    return [(f"{name}:" if one.main else name, gettext(one.label)) for name, one in providers.all.items()]


def named(values: type[Choices]) -> Callable[[], list[tuple[Any, str]]]:
    """The choices of a closed set of values, in the language of whoever the form is drawn for."""
    return lambda: [(value, gettext(label)) for value, label in values.choices]


def language_choice(tags: Iterable[str], **kwargs: Any) -> forms.MultipleChoiceField:
    """A box to tick for each language."""
    options = [(tag, language_label(tag)) for tag in tags]
    return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **kwargs)


@sensitive_variables()
def done(form: forms.Form, act: Callable[..., Made], /, *args: Any, **kwargs: Any) -> Made | None:
    """What the action made; None when it would not, and then the form says why, at the fields it knows."""
    try:
        return act(*args, **kwargs)
    except (Invalid, Conflict) as problem:
        errors = fields_of(problem)
        known = {name: text for name, text in errors.items() if name.partition(".")[0] in form.fields}
        for name, text in known.items():
            field, _dot, inside = name.partition(".")
            form.add_error(field, f"{name}: {text}" if inside else text)
        if not known:
            form.add_error(None, message_of(problem))
        return None


def asked(request: HttpRequest, moves: dict[str, Made]) -> Made:
    """Which of a page's actions the pressed button stands for."""
    try:
        return moves[request.POST["do"]]
    except KeyError:
        raise Invalid(str(_("This page does not know what was asked of it: load it again."))) from None
