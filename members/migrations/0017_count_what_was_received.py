from django.db import migrations
from django.db.models import DecimalField, OuterRef, Subquery, Sum
from django.db.models.functions import Round

MONEY = DecimalField(max_digits=8, decimal_places=2)


def count(apps, schema_editor):  # noqa: ARG001 (signature fixed by Django)
    """The payments already there that were not cancelled; later ones are counted when they are written."""
    payments = apps.get_model("members", "Payment")._base_manager.filter(cancelled_on__isnull=True)
    of_due = payments.filter(due=OuterRef("pk")).order_by().values("due")
    total = of_due.annotate(total=Round(Sum("amount"), precision=2, output_field=MONEY)).values("total")
    paid = apps.get_model("members", "Due")._base_manager.filter(pk__in=payments.values("due"))
    paid.update(paid=Subquery(total, output_field=MONEY))


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0016_due_paid_and_owed"),
    ]

    operations = [
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
