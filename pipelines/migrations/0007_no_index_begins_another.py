"""An index whose columns are the first of another's goes: it cost each write and answered nothing more."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('annotation', '0016_no_index_begins_another'),
        ('pipelines', '0006_machine_submissions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='evaluation',
            name='release',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='evaluations', to='pipelines.release'),
        ),
        migrations.AlterField(
            model_name='generation',
            name='run',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='generations', to='pipelines.run'),
        ),
        migrations.AlterField(
            model_name='machinesubmission',
            name='task',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='machine_submissions', to='annotation.task'),
        ),
        migrations.AlterField(
            model_name='prediction',
            name='evaluation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='predictions', to='pipelines.evaluation'),
        ),
        migrations.AlterField(
            model_name='rejection',
            name='run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rejections', to='pipelines.run'),
        ),
        migrations.AlterField(
            model_name='release',
            name='dataset',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='annotation.dataset'),
        ),
        migrations.AlterField(
            model_name='releasefile',
            name='release',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='files', to='pipelines.release'),
        ),
        migrations.AlterField(
            model_name='releaseitem',
            name='release',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='items', to='pipelines.release'),
        ),
        migrations.AlterField(
            model_name='runitem',
            name='run',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='items', to='pipelines.run'),
        ),
        migrations.AlterField(
            model_name='score',
            name='evaluation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='pipelines.evaluation'),
        ),
    ]
