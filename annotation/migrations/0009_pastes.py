from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('annotation', '0008_worked_examples'),
    ]

    operations = [
        migrations.AddField(
            model_name='submission',
            name='pastes',
            field=models.PositiveSmallIntegerField(default=0, help_text='how often something was pasted, as the browser counted'),
        ),
    ]
