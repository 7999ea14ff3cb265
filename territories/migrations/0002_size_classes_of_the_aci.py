"""Load the four size classes of the ACI of 20 June 2019 (data only, reversible)."""

from datetime import date

from django.db import migrations

IN_FORCE_SINCE = date(2019, 6, 20)
SOURCE = "Accord conventionnel interprofessionnel (ACI) CPTS du 20 juin 2019"
# size, first number of inhabitants, confidence, remark
CLASSES = [
    (1, 0, "verified", "moins de 40 000 habitants"),
    (2, 40_000, "verified", "de 40 000 à 80 000 habitants"),
    (3, 80_000, "to_confirm", "de 80 000 à 175 000 habitants ; 80 000 tout juste : borne à confirmer"),
    (4, 175_001, "verified", "plus de 175 000 habitants"),
]


def load(apps, schema_editor):
    size_class = apps.get_model("territories", "SizeClass")
    for size, min_population, confidence, remark in CLASSES:
        size_class.objects.using(schema_editor.connection.alias).get_or_create(
            size=size,
            start=IN_FORCE_SINCE,
            defaults={
                "min_population": min_population,
                "confidence": confidence,
                "source": f"{SOURCE} : {remark}",
            },
        )


def unload(apps, schema_editor):
    size_class = apps.get_model("territories", "SizeClass")
    size_class.objects.using(schema_editor.connection.alias).filter(
        start=IN_FORCE_SINCE, source__startswith=SOURCE
    ).delete()


class Migration(migrations.Migration):
    dependencies = [("territories", "0001_initial")]
    operations = [migrations.RunPython(load, unload)]
