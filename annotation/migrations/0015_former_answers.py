"""Answers that their author replaced are kept, and never changed."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotation", "0014_images")]
    operations = [
        migrations.CreateModel(
            name="FormerAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("payload", models.JSONField()),
                ("flagged", models.TextField(blank=True)),
                ("pastes", models.PositiveSmallIntegerField(default=0)),
                ("idempotency_key", models.CharField(max_length=80)),
                ("body_hash", models.CharField(max_length=64)),
                ("replaced", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="former_answers", to="annotation.assignment"
                    ),
                ),
            ],
        ),
        migrations.RunSQL(
            "CREATE TRIGGER append_only BEFORE UPDATE ON annotation_formeranswer FOR EACH ROW EXECUTE FUNCTION forbid_change()",
            "DROP TRIGGER append_only ON annotation_formeranswer",
        ),
    ]
