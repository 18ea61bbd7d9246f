"""Making a dataset, and opening it to languages."""

import re
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, connection, transaction

from annotation import policies
from annotation.models import Dataset, DatasetLanguage, Member
from annotation.models.members import Role
from annotation.schema import Schema
from core.errors import Conflict, Invalid
from core.events import record
from core.languages import language
from core.models import User
from core.policy import require
from core.told import told

SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
# Every item that has a text to translate gets its unit; kind and field stand side by side in the two arrays.
UNITS = """
INSERT INTO annotation_unit (item_id, language, status, route, reasons)
SELECT i.id, %(tag)s, 'new', '', '[]' FROM annotation_item i
WHERE i.dataset_id = %(dataset)s AND EXISTS (
    SELECT 1 FROM unnest(%(kinds)s::text[], %(fields)s::text[]) AS translated (kind, field)
    WHERE translated.kind = i.kind AND i.content ? translated.field)
    -- An item that was made in one of the dataset's languages is no source to translate.
    AND NOT EXISTS (SELECT 1 FROM annotation_datasetlanguage l WHERE l.dataset_id = i.dataset_id AND l.tag = i.language)
ORDER BY i.id ON CONFLICT DO NOTHING
"""


def create(
    *,
    slug: str,
    name: str,
    schema: dict[str, Any],
    source_language: str = "en",
    languages: Iterable[str] = (),
    description: str = "",
    licence: str = "cc-by-4.0",
    by: User | None,
) -> Dataset:
    """A new, empty dataset. Who makes it is its first manager."""
    require(policies.create_dataset(by))
    _check_names(Schema.parse(schema))
    if not SLUG.fullmatch(slug):
        raise Invalid(
            told("{name!r} is no name for a dataset: write small letters, digits, - and _, at most 60.", name=slug[:70]),
            {"slug": "not valid"},
        )
    values = {"description": description, "licence": licence, "source_language": language(source_language).tag}
    try:
        with transaction.atomic():
            dataset = Dataset.objects.create(slug=slug, name=name or slug, schema=schema, created_by=by, **values)
            if by is not None:
                Member.objects.create(dataset=dataset, user=by, role=Role.MANAGER)
            record("create", dataset, by=by)
            for tag in languages:
                add_language(dataset, tag, by=by)
    except IntegrityError as error:
        raise Conflict(told("There is a dataset {slug!r} already: choose another name.", slug=slug)) from error
    return dataset


def _check_names(schema: Schema) -> None:
    """Kinds and fields become file names and columns, and stand beside `@` in the head of a table: plain words only."""
    for kind, its in schema.kinds.items():
        if bad := next((name for name in (kind, *its.fields) if not WORD.fullmatch(name)), None):
            raise Invalid(
                told(
                    "{name!r} is no name for a kind or field: write letters, digits and _, at most 40, a letter first.",
                    name=bad[:50],
                )
            )


def add_language(dataset: Dataset, tag: str, *, by: User | None) -> DatasetLanguage:
    """Open a dataset to a language: every item with a text to translate gets its unit. An open one stays as it is."""
    require(policies.manage(by, dataset))
    tag = language(tag).tag
    if tag == dataset.source_language:
        raise Invalid(told(
            "{language} is the source language of {slug}: there is nothing to translate.",
            language=language(tag), slug=dataset.slug,
        ))
    translated = [(kind, field) for kind, its in dataset.kinds.kinds.items() for field in its.translatable]
    kinds, fields = map(list, zip(*translated, strict=True)) if translated else ([], [])
    with transaction.atomic():
        lock(dataset)
        row, is_new = DatasetLanguage.objects.get_or_create(dataset=dataset, tag=tag)
        if is_new:
            with connection.cursor() as cursor:
                cursor.execute(UNITS, {"tag": tag, "dataset": dataset.pk, "kinds": kinds, "fields": fields})
            record("add_language", dataset, by=by, data={"tag": tag})
    return row


def lock(dataset: Dataset) -> None:
    """Let one transaction at a time add items or languages, so that each item has a unit in each language."""
    # Not a full FOR UPDATE: rows that only point at the dataset go on being written meanwhile.
    Dataset.objects.select_for_update(no_key=True).get(pk=dataset.pk)
