from django.db import migrations

from cpts_portal.core.text import fold


def fill(apps, schema_editor):  # noqa: ARG001 (signature fixed by Django)
    """The order of the rows already there; later ones get it when they are saved."""
    _write(
        apps.get_model("members", "Professional"),
        lambda row: f"{row.last_name or row.civil_last_name} {row.civil_first_name}",
    )
    _write(apps.get_model("members", "Structure"), lambda row: row.name)


def _write(model, text):
    rows = list(model._base_manager.filter(sort_name=""))
    for row in rows:
        row.sort_name = fold(text(row))[:200]
    model._base_manager.bulk_update(rows, ["sort_name"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0006_register_order"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
