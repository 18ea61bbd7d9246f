"""A form from a plugin: its fields are the plugin's parameters, so a new plugin needs no new form."""

from typing import Any, get_args, get_origin

from django import forms
from django.utils.translation import gettext as _
from pydantic.fields import FieldInfo

from core.plugins import Plugin
from frontend.pages.forms import YamlField
from frontend.plugin_words import choices, parameters
from frontend.spoken import spoken

Values = dict[str, Any]


class MappingField(forms.CharField):
    """Pairs, one a line: ``column = field``."""

    widget = forms.Textarea(attrs={"class": "code", "rows": 5, "spellcheck": "false", "placeholder": "column = field"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{left} = {right}" for left, right in value.items()) if isinstance(value, dict) else value

    def clean(self, value: Any) -> dict[str, str]:
        lines = [line for line in super().clean(value).splitlines() if line.strip()]
        if wrong := next((number for number, line in enumerate(lines, 1) if "=" not in line), None):
            raise forms.ValidationError(_("line %(number)s: write column = field") % {"number": wrong})
        return {left.strip(): right.strip() for left, _equals, right in (line.rpartition("=") for line in lines)}


class LinesField(forms.CharField):
    """Texts, one a line."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


def fields_of(plugin: type[Plugin]) -> dict[str, forms.Field]:
    """A form field for each parameter, in order; what is left empty takes the parameter's default."""
    said = parameters(plugin)
    return {name: _field(info, *map(spoken, said[name]), choices(plugin, name)) for name, info in plugin.model_fields.items()}


def params(plugin: type[Plugin], values: Values) -> Values:
    """The parameters among a form's cleaned values, without those left empty."""
    return {name: values[name] for name in plugin.model_fields if values.get(name) not in ("", None, {}, [])}


def _field(info: FieldInfo, label: str, help_text: str, choices: list[str]) -> forms.Field:
    common = {
        "label": label,
        "help_text": help_text,
        "required": False,
        "initial": None if info.is_required() else info.get_default(call_default_factory=True),
    }
    kind = get_origin(info.annotation) or info.annotation
    if choices:
        return forms.ChoiceField(choices=[(one, spoken(one)) for one in choices], **common)
    if kind is dict:
        return MappingField(**common)
    if kind is list:
        plain = get_args(info.annotation) == (str,)
        return LinesField(**common) if plain else YamlField(**common | {"initial": ""}, rows=5)
    made = {bool: forms.BooleanField, int: forms.IntegerField, float: forms.FloatField}.get(kind, forms.CharField)
    return made(**common)
