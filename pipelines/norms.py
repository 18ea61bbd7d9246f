"""What is usual in a dataset and language: percentiles of what checks measured on its texts."""

from django.db import connection

from annotation.models import Dataset

CHECKS = ("length", "chrf")
ENOUGH = 200
"""Values there must be before anything is called usual."""
SAMPLE = 2000
"""Texts that are looked at. The 1st percentile of so many is good to a quarter of a percent, and the newest say what is usual now."""

# By unit and not by finding: the findings of other datasets are never read, however many there are.
PERCENTILES = """
SELECT f.check_name, percentile_cont(%(percents)s::float8[]) WITHIN GROUP (ORDER BY f.value)
FROM (
    SELECT u.current_id FROM annotation_unit u JOIN annotation_item i ON i.id = u.item_id
    WHERE i.dataset_id = %(dataset)s AND u.language = %(language)s AND u.current_id IS NOT NULL
    ORDER BY u.current_id DESC LIMIT %(sample)s
) present JOIN annotation_finding f ON f.translation_id = present.current_id
WHERE f.check_name = ANY(%(checks)s) AND f.value IS NOT NULL
GROUP BY f.check_name HAVING count(*) >= %(enough)s
"""
PERCENTS = [percent / 100 for percent in range(101)]


def norms(dataset: Dataset, language: str) -> dict[str, tuple[float, ...]]:
    """Name of a check to the 101 percentiles of its values on the newest present texts; without those of too few values. One query."""
    known = {"dataset": dataset.pk, "language": language, "checks": list(CHECKS)}
    with connection.cursor() as cursor:
        cursor.execute(PERCENTILES, known | {"percents": PERCENTS, "sample": SAMPLE, "enough": ENOUGH})
        return {name: tuple(values) for name, values in cursor.fetchall()}
