from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0004_applications_and_letters"),
    ]

    operations = [
        migrations.AddField(
            model_name="registerimport",
            name="table",
            field=models.FileField(
                blank=True, editable=False, upload_to="imports/members/", verbose_name="lignes lues"
            ),
        ),
        migrations.AddField(
            model_name="registerimport",
            name="layout",
            field=models.CharField(blank=True, max_length=20, verbose_name="provenance reconnue"),
        ),
        migrations.AddField(
            model_name="registerimport",
            name="report",
            field=models.JSONField(blank=True, default=dict, verbose_name="compte rendu"),
        ),
        migrations.AddField(
            model_name="registerimport",
            name="failure",
            field=models.TextField(blank=True, verbose_name="motif de l’échec"),
        ),
        migrations.AddField(
            model_name="registerimport",
            name="started_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="lancé le"),
        ),
    ]
