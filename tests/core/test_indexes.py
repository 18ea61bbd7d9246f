"""Every index costs each write; one whose columns are the first of another's answers nothing that the other does not."""

import pytest
from django.db import connection

# Both plain B-trees of one table with the same classes of operators; the narrow one may not be what keeps values apart.
BEGINNINGS = """
SELECT narrow.indexrelid::regclass::text, wide.indexrelid::regclass::text
FROM pg_index narrow JOIN pg_index wide USING (indrelid)
JOIN pg_class a ON a.oid = narrow.indexrelid JOIN pg_class b ON b.oid = wide.indexrelid AND b.relam = a.relam
JOIN pg_am ON pg_am.oid = a.relam AND amname = 'btree'
WHERE narrow.indnatts < wide.indnatts AND NOT narrow.indisunique AND narrow.indexprs IS NULL
  AND narrow.indpred IS NULL AND wide.indpred IS NULL
  AND (narrow.indkey::int2[])[0:narrow.indnatts - 1] = (wide.indkey::int2[])[0:narrow.indnatts - 1]
  AND (narrow.indclass::oid[])[0:narrow.indnatts - 1] = (wide.indclass::oid[])[0:narrow.indnatts - 1]
  AND narrow.indrelid::regclass::text ~ '^(core|annotation|pipelines|frontend)_'
ORDER BY 1, 2
"""


def found() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(BEGINNINGS)
        return cursor.fetchall()


@pytest.mark.django_db
def test_no_index_of_ours_is_the_beginning_of_another():
    assert [pair for pair in found() if not pair[0].startswith("core_user_")] == [], "say db_index=False"


@pytest.mark.django_db
def test_one_that_is_would_be_found():
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX needless ON annotation_unit (item_id)")
    assert ("needless", "one_unit_per_language") in found()
