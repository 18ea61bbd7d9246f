"""Finding units by what stands in them: a key, or a stretch of any text of a record, exactly as written."""

from typing import Any

from django.db.models import BooleanField, F, Func, Q, QuerySet, Value


class HoldsText(Func):
    """Whether any string value of a JSON column has a text in it; names of fields do not count, escapes do not show."""

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, tuple]:
        (column, first), (needle, second) = (compiler.compile(one) for one in self.get_source_expressions())
        return (
            f"EXISTS (SELECT 1 FROM jsonb_path_query({column}, 'strict $.**') AS part(value)"
            f" WHERE jsonb_typeof(part.value) = 'string' AND strpos(part.value #>> '{{}}', {needle}) > 0)",
            (*first, *second),
        )


def holding(units: QuerySet, words: str) -> QuerySet:
    """The units whose item's key, source or present translation has `words` in it."""
    return units.annotate(
        in_source=HoldsText(F("item__content"), Value(words)),
        in_text=HoldsText(F("current__content"), Value(words)),
    ).filter(Q(item__key__contains=words) | Q(in_source=True) | Q(in_text=True))
