from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0015_directory_moves")]

    operations = [
        migrations.AddField(
            model_name="registerimport",
            name="payment_dates",
            field=models.JSONField(
                blank=True, default=dict, verbose_name="dates des paiements sans date, par colonne"
            ),
        ),
    ]
