from django.db import migrations
from django.db.models import F, Min


def forget_invented_decisions(apps, schema_editor):  # noqa: ARG001 (signature fixed by Django)
    """Memberships enrolled without an application said that the board accepted them on their first day; nobody knew.

    The day they were recorded is that of their first line of history.
    """
    manager = apps.get_model("members", "Membership")._base_manager
    log = apps.get_model("members", "HistoricalMembership")
    manager.filter(applied_on__isnull=True, accepted_on=F("start")).update(accepted_on=None)
    firsts = dict(log.objects.order_by().values("id").annotate(first=Min("history_date")).values_list("id", "first"))
    rows = list(manager.only("pk", "recorded_on"))
    for row in rows:
        if row.pk in firsts:
            row.recorded_on = firsts[row.pk].date()
    manager.bulk_update(rows, ["recorded_on"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0012_membership_recorded_on"),
    ]

    operations = [
        migrations.RunPython(forget_invented_decisions, migrations.RunPython.noop),
    ]
