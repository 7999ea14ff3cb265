from django.db import migrations

from contracts.terms.shipped_grid import AGREEMENT, RULES, SECOND, TOTALS, rates


def load(apps, schema_editor):
    missions = {row.code: row for row in apps.get_model("missions", "OfficialMission").objects.all()}
    rows = rates()
    later = {(mission, part, size) for mission, part, size, _, start, *_ in rows if start == SECOND}
    for mission, part, size, amount, start, source, confidence in rows:
        end = SECOND if start == AGREEMENT and (mission, part, size) in later else None
        apps.get_model("contracts", "Rate").objects.update_or_create(
            mission=missions.get(mission),
            part=part,
            size=size,
            start=start,
            defaults={"amount": amount, "end": end, "source": source, "confidence": confidence},
        )
    for size, with_care, amount, source, confidence in TOTALS:
        apps.get_model("contracts", "GridTotal").objects.update_or_create(
            size=size,
            with_unscheduled_care=with_care,
            start=AGREEMENT,
            defaults={"amount": amount, "source": source, "confidence": confidence},
        )
    percent, day_count, start, source, confidence = RULES
    apps.get_model("contracts", "FundingRules").objects.update_or_create(
        start=start,
        defaults={"advance_percent": percent, "day_count": day_count, "source": source, "confidence": confidence},
    )


def unload(apps, schema_editor):
    for name in ("FundingRules", "GridTotal", "Rate"):
        apps.get_model("contracts", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("contracts", "0001_initial"), ("missions", "0003_result_envelopes")]
    operations = [migrations.RunPython(load, unload)]
