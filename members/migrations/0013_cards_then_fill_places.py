from django.db import migrations

from cpts_portal.core.text import fold


def fill(apps, schema_editor):  # noqa: ARG001 (signature fixed by Django)
    """The search column of the places already there; later ones get it when they are saved."""
    places = apps.get_model("members", "Practice")._base_manager
    rows = list(places.exclude(place="").filter(search=""))
    for row in rows:
        row.search = fold(row.place)[:200]
    places.bulk_update(rows, ["search"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0013_cards_representative_and_places"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
