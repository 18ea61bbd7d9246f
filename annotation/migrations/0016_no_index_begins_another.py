"""An index whose columns are the first of another's goes: it cost each write and answered nothing more."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('annotation', '0015_former_answers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='assignment',
            name='campaign',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='annotation.campaign'),
        ),
        migrations.AlterField(
            model_name='assignment',
            name='task',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='annotation.task'),
        ),
        migrations.AlterField(
            model_name='campaign',
            name='dataset',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='campaigns', to='annotation.dataset'),
        ),
        migrations.AlterField(
            model_name='credit',
            name='person',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='credits', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='datasetlanguage',
            name='dataset',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='languages', to='annotation.dataset'),
        ),
        migrations.AlterField(
            model_name='finding',
            name='translation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='annotation.translation'),
        ),
        migrations.AlterField(
            model_name='grade',
            name='campaign',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='grades', to='annotation.campaign'),
        ),
        migrations.AlterField(
            model_name='guideline',
            name='campaign',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='guidelines', to='annotation.campaign'),
        ),
        migrations.AlterField(
            model_name='image',
            name='dataset',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='images', to='annotation.dataset'),
        ),
        migrations.AlterField(
            model_name='item',
            name='dataset',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='items', to='annotation.dataset'),
        ),
        migrations.AlterField(
            model_name='member',
            name='dataset',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='members', to='annotation.dataset'),
        ),
        migrations.AlterField(
            model_name='qualification',
            name='dataset',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='qualifications', to='annotation.dataset'),
        ),
        migrations.AlterField(
            model_name='reference',
            name='item',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='references', to='annotation.item'),
        ),
        migrations.AlterField(
            model_name='savedview',
            name='dataset',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='views', to='annotation.dataset'),
        ),
        migrations.AlterField(
            model_name='selected',
            name='selection',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='annotation.selection'),
        ),
        migrations.AlterField(
            model_name='selection',
            name='dataset',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='selections', to='annotation.dataset'),
        ),
        migrations.AlterField(
            model_name='task',
            name='campaign',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='annotation.campaign'),
        ),
        migrations.AlterField(
            model_name='term',
            name='dataset',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='terms', to='annotation.dataset'),
        ),
        migrations.AlterField(
            model_name='translation',
            name='unit',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='translations', to='annotation.unit'),
        ),
        migrations.AlterField(
            model_name='unit',
            name='item',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='units', to='annotation.item'),
        ),
    ]
