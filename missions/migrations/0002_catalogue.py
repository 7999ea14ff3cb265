from django.db import migrations

from cpts_portal.core.text import fold
from missions.plan.catalogue import ACTIONS, CEILINGS, MISSIONS, PARTS, TERMS
from missions.indicators.library import INDICATORS


def load(apps, schema_editor):
    mission_model, part_model = apps.get_model("missions", "OfficialMission"), apps.get_model("missions", "SubMission")
    missions = {}
    for rank, (code, name, short_name, reference, has_result_part) in enumerate(MISSIONS, start=1):
        missions[code], _ = mission_model.objects.update_or_create(
            code=code,
            defaults={
                "name": name,
                "short_name": short_name,
                "legal_reference": reference,
                "rank": rank,
                "has_result_part": has_result_part,
            },
        )
    parts = {}
    for rank, (code, part_code, name) in enumerate(PARTS, start=1):
        parts[part_code], _ = part_model.objects.update_or_create(
            code=part_code, defaults={"mission": missions[code], "name": name, "rank": rank}
        )
    for code, is_core, start_within, deployed_within, start, end, source in TERMS:
        apps.get_model("missions", "MissionTerms").objects.update_or_create(
            mission=missions[code],
            start=start,
            defaults={
                "is_core": is_core,
                "start_within": start_within,
                "deployed_within": deployed_within,
                "end": end,
                "source": source,
            },
        )
    load_libraries(apps, missions, parts)


def load_libraries(apps, missions, parts):
    for codes, part_code, title, objective, audience, theme, source in ACTIONS:
        action, _ = apps.get_model("missions", "ActionTemplate").objects.update_or_create(
            title=title,
            defaults={
                "part": parts.get(part_code),
                "objective": objective,
                "audience": audience,
                "theme": theme,
                "source": source,
                "search": fold(f"{title} {theme} {audience}"),
            },
        )
        action.missions.set([missions[code] for code in codes])
    for each in INDICATORS:
        apps.get_model("missions", "IndicatorTemplate").objects.update_or_create(
            name=each.name,
            defaults={
                "mission": missions[each.mission],
                "kind": each.kind,
                "unit": each.unit,
                "source": each.source,
                "formula": each.formula,
                "direction": each.direction,
                "method": each.method,
                "cadence": each.cadence,
                "aggregation": each.aggregation,
                "counted": each.counted,
                "proofs": list(each.proofs),
                "search": fold(f"{each.name} {each.unit}"),
            },
        )
    for year, amount, source, verified in CEILINGS:
        apps.get_model("missions", "CeilingValue").objects.update_or_create(
            year=year,
            defaults={
                "amount": amount,
                "source": source,
                "confidence": "verified" if verified else "to_confirm",
            },
        )


def unload(apps, schema_editor):
    for name in ("CeilingValue", "IndicatorTemplate", "ActionTemplate", "MissionTerms", "SubMission", "OfficialMission"):
        apps.get_model("missions", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("missions", "0001_initial")]
    operations = [migrations.RunPython(load, unload)]
