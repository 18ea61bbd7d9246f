"""The search index and saved views. Triggers give every unit its entry and make it due; those there are begin as due."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# Of a statement all at once: a file brings many thousands of units. Unconditional, though the entry may be due already: who
# fills it at this moment has read the text before, and this waits until that is done.
TRIGGERS = """
CREATE FUNCTION search_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO annotation_searchentry (unit_id, dataset_id, kind)
    SELECT fresh.id, i.dataset_id, i.kind FROM fresh JOIN annotation_item i ON i.id = fresh.item_id;
    RETURN NULL;
END $$;
CREATE FUNCTION search_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE annotation_searchentry SET folded = NULL, grams = NULL WHERE unit_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER search_entries AFTER INSERT ON annotation_unit REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION search_entries();
CREATE TRIGGER search_due AFTER UPDATE OF current_id ON annotation_unit
    FOR EACH ROW WHEN (OLD.current_id IS DISTINCT FROM NEW.current_id) EXECUTE FUNCTION search_due();
INSERT INTO annotation_searchentry (unit_id, dataset_id, kind)
    SELECT u.id, i.dataset_id, i.kind FROM annotation_unit u JOIN annotation_item i ON i.id = u.item_id;
"""
NONE = """
DROP TRIGGER search_due ON annotation_unit;
DROP TRIGGER search_entries ON annotation_unit;
DROP FUNCTION search_due();
DROP FUNCTION search_entries();
"""


class Migration(migrations.Migration):

    dependencies = [
        ("annotation", "0012_made_items"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("wanted", models.JSONField(help_text="the filters, as `annotation.browsing.Wanted` has them")),
                ("shared", models.BooleanField(default=False)),
                ("created", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ("dataset", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="views", to="annotation.dataset")),
                ("owner", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("dataset", "owner", "name"), name="one_view_per_name")],
            },
        ),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("unit", models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="+", serialize=False, to="annotation.unit")),
                ("kind", models.CharField(max_length=40)),
                ("folded", models.TextField(help_text="the texts as they are compared, one a line", null=True)),
                ("grams", django.contrib.postgres.search.SearchVectorField(help_text="every stretch of three characters; null when it is due", null=True)),
                ("dataset", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="annotation.dataset")),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(condition=models.Q(("grams__isnull", False)), fields=["grams"], gin_pending_list_limit=16384, name="search_grams"),
                    models.Index(fields=["dataset", "kind", "unit"], name="search_walk"),
                    models.Index(condition=models.Q(("grams__isnull", True)), fields=["dataset", "unit"], name="search_due"),
                ],
            },
        ),
        migrations.RunSQL(TRIGGERS, NONE),
    ]
