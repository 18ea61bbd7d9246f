"""The words of the interface and their translations: found in pages and code, kept in PO files, compiled for Django."""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, get_args, get_type_hints

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.conf import settings
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.translation import to_locale
from pydantic import BaseModel
from pydantic_core import PydanticKnownError

from annotation import reasons
from annotation.task_types import task_types
from core.plugins import Plugin, Registry
from frontend.plugin_words import described
from frontend.plugin_words import words as said_by
from pipelines.actions import makings
from pipelines.baselines import baselines
from pipelines.importers import importers
from pipelines.records import Found
from pipelines.registries import REGISTRIES
from pipelines.selectors import selectors
from pipelines.steps._languages import FOLDER as LANGUAGE_FILES
from pipelines.steps._languages import read

ROOT = Path(settings.BASE_DIR)
FOLDERS = ("core", "annotation", "pipelines", "frontend")
KEYWORDS = {"gettext": None, "gettext_lazy": None, "_": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2)}
# What code below the pages says: refusals, errors, and the sentences with values in them.
KEYWORDS |= dict.fromkeys(("told", "Denied", "Invalid", "Refused", "Missing", "Conflict"), (1,))
DATED = (b'"POT-Creation', b'"PO-Revision', b'"Generated-By', b'"Last-Translator', b'"Report-Msgid', b"# FIRST")
ALWAYS = datetime(2026, 1, 1, tzinfo=UTC)
VALUES = re.compile(r"\{\w+\}|%\(\w+\)s")
IN_TAG = re.compile(r"""[\s:=]_\(["']([^"']+)["']\)""")
# Words that plugins say without knowing of translation, by the names of their fields.
WRONG: dict[Any, dict[str, Any]] = {
    "missing": {}, "extra_forbidden": {}, "greater_than": {"gt": 0}, "greater_than_equal": {"ge": 0}, "less_than": {"lt": 0},
    "less_than_equal": {"le": 0}, "int_type": {}, "int_parsing": {}, "int_from_float": {}, "float_type": {}, "float_parsing": {},
    "finite_number": {}, "bool_type": {}, "bool_parsing": {}, "string_type": {}, "string_too_short": {"min_length": 1},
    "string_too_long": {"max_length": 1}, "string_pattern_mismatch": {"pattern": ""}, "literal_error": {"expected": ""},
    "list_type": {}, "dict_type": {}, "tuple_type": {}, "too_short": {"field_type": "", "min_length": 1, "actual_length": 0},
    "too_long": {"field_type": "", "max_length": 1, "actual_length": 2}, "value_error": {"error": ValueError()},
    "model_type": {"class_name": ""}, "union_tag_invalid": {"discriminator": "", "tag": "", "expected_tags": ""},
    "union_tag_not_found": {"discriminator": ""},
}  # fmt: skip
"""pydantic's names for what people can get wrong, with what it needs to say so."""
SAID = ("text", "label", "help", "title", "unit")


def file(tag: str) -> Path:
    """Where a language's translations are kept."""
    return ROOT / "frontend" / "locale" / to_locale(tag) / "LC_MESSAGES" / "django.po"


def words() -> Catalog:
    """Everything the interface says, with where it says it."""
    found = Catalog(project="Dragoman", fuzzy=False)
    for path in sorted(one for folder in FOLDERS for one in (ROOT / folder).rglob("*.py")):
        with path.open("rb") as source:
            for _line, message, _comments, context in extract("python", source, keywords=KEYWORDS, options={"encoding": "utf-8"}):
                found.add(message, locations=[(path.relative_to(ROOT).as_posix(), None)], context=context)
    for path in sorted((ROOT / "frontend" / "templates").rglob("*.html")):
        for message in _said_by_template(path):
            found.add(message, locations=[(path.relative_to(ROOT).as_posix(), None)])
    pydantic = ((said, "pydantic") for said in _said_by_pydantic())
    for said, where in (*_said_by_plugins(), *_said_by_models(), *pydantic):
        if said:
            found.add(said, locations=[(where, None)])
    for one in [one for one in found if not any(map(str.isalpha, VALUES.sub("", str(one.id))))]:  # what only joins others
        found.delete(one.id)
    return found


def _said_by_template(path: Path) -> Iterator[str | tuple[str, str]]:
    """A template's words, as Django asks for them when it draws it; with a plural both."""
    source = path.read_text(encoding="utf-8")
    nodes = engines["django"].engine.from_string(source).nodelist
    for node in nodes.get_nodes_by_type(TranslateNode):
        if isinstance(said := node.filter_expression.var.literal, str):
            yield said.replace("%", "%%")  # as Django looks it up
    for node in nodes.get_nodes_by_type(BlockTranslateNode):
        one, _names = node.render_token_list(node.singular)
        yield (one, node.render_token_list(node.plural)[0]) if node.plural else one
    yield from (said.replace("%", "%%") for said in IN_TAG.findall(source))


def _said_by_models() -> Iterator[tuple[str, str]]:
    """What a status and other closed values are called."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            for _value, said in getattr(field, "flatchoices", ()) if model.__module__.split(".")[0] in FOLDERS else ():
                yield str(said), model.__module__


def _said_by_plugins() -> Iterator[tuple[str, str]]:
    registries: Iterable[Registry] = REGISTRIES.values()
    for registry in registries:
        yield registry.kind, Registry.__module__
    for file in LANGUAGE_FILES.glob("*.yaml"):
        for characters in read(file).forbidden:  # what a check calls characters that a language does not use
            yield characters, read.__module__
    for verdict in get_args(get_type_hints(Found)["verdict"]):
        yield verdict, Found.__module__
    for plugin in (plugin for registry in registries for plugin in registry.all.values()):
        yield plugin.label, plugin.__module__
    for plugin in task_types.all.values():
        yield described(plugin)[0], plugin.__module__
    for plugin in _with_forms():
        for said in said_by(plugin):
            yield said, plugin.__module__
    for plugin in task_types.all.values():
        made: Plugin = plugin(**plugin.example)
        for said in _texts(made.asks()):
            yield said, plugin.__module__
    for reason in (*reasons.SKIP, *reasons.FLAG):
        yield reason, reasons.__name__


def _with_forms() -> Iterator[type[Plugin]]:
    """The plugins whose parameters a page asks for."""
    yield from (plugin for registry in (importers, selectors, baselines) for plugin in registry.all.values())
    yield from makings.makers().values()


def _said_by_pydantic() -> Iterator[str]:
    """What is wrong with a parameter, in the words of the library that checks it; one message for each form of a plural."""
    for what, values in WRONG.items():
        template = PydanticKnownError(what, values).message_template
        yield from dict.fromkeys(template.replace("{expected_plural}", end) for end in ("", "s"))


def _texts(value: object, name: str = "") -> Iterator[str]:
    """What a question says, its options and the words at its steps."""
    if isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from _texts(getattr(value, field), field)
    elif isinstance(value, dict):
        yield from (said for said in value.values() if name == "anchors")
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one, name)
    elif isinstance(value, str) and value and name in SAID:
        yield value


def kept(tag: str) -> Catalog:
    """A language's translations as they are kept; empty where there are none yet."""
    path = file(tag)
    if not path.exists():
        return Catalog(locale=to_locale(tag), project="Dragoman", fuzzy=False)
    with path.open("rb") as opened:
        return read_po(opened, locale=to_locale(tag))


def brought_up_to_date(tag: str, found: Catalog) -> Catalog:
    """The kept translations of just the words there are; a new word has none yet, and nothing is guessed for it."""
    catalog = kept(tag)
    catalog.update(found, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def missing(catalog: Catalog) -> list[str]:
    """The words a language has no translation for, or not in all its plural forms."""
    return [
        str(one.id) for one in catalog
        if one.id and not (all(one.string) and len(one.string) == catalog.num_plurals if one.pluralizable else one.string)
    ]  # fmt: skip


def as_po(catalog: Catalog) -> bytes:
    """The file's text, the same for the same words: no dates and no line numbers, which only make differences to read."""
    out = BytesIO()
    write_po(out, catalog, width=120, omit_header=False, sort_output=True, include_lineno=False)
    return b"\n".join(line for line in out.getvalue().split(b"\n") if not line.startswith(DATED))


def as_mo(catalog: Catalog) -> bytes:
    """What Django reads; the same for the same words, whenever it is made."""
    catalog.creation_date = catalog.revision_date = ALWAYS
    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()
