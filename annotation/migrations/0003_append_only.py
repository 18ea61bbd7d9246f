"""Facts are appended: PostgreSQL itself refuses to change an item, a translation, a finding, a guideline or a submission."""

from django.db import migrations

TABLES = ["annotation_item", "annotation_translation", "annotation_finding", "annotation_guideline", "annotation_submission"]

FORBID = """
CREATE FUNCTION forbid_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: write a new row instead', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def guard(table: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"CREATE TRIGGER append_only BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION forbid_change()",
        f"DROP TRIGGER append_only ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("annotation", "0002_initial"), ("core", "0001_initial")]
    operations = [
        migrations.RunSQL(FORBID, "DROP FUNCTION forbid_change()"),
        guard("core_event"),
        *[guard(table) for table in TABLES],
    ]
