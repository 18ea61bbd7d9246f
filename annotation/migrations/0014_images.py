"""Guidelines may hold pictures, which are appended as the guidelines are."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("annotation", "0013_search"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="Image",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64)),
                ("extension", models.CharField(max_length=4)),
                ("data", models.BinaryField()),
                ("created", models.DateTimeField(db_default=Now(), editable=False)),
                ("created_by", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("dataset", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="images", to="annotation.dataset")),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("dataset", "sha256"), name="one_image_per_content")]},
        ),
        migrations.RunSQL(
            "CREATE TRIGGER append_only BEFORE UPDATE ON annotation_image FOR EACH ROW EXECUTE FUNCTION forbid_change()",
            "DROP TRIGGER append_only ON annotation_image",
        ),
    ]
