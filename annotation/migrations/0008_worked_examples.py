"""A guideline carries worked examples beside its text."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotation", "0007_queue_indexes")]
    operations = [
        migrations.AddField(
            model_name="guideline",
            name="examples",
            field=models.JSONField(default=list, help_text="worked examples: source, draft, answer, why, language"),
        ),
    ]
