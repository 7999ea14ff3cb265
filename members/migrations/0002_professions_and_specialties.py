from django.db import migrations

from cpts_portal.core.text import fold
from members.shared.nomenclatures import HEALTH, PROFESSIONS, SPECIALTIES


def load(apps, schema_editor):
    profession = apps.get_model("members", "Profession")
    for rank, (nomenclature, code, name, plural, active) in enumerate(PROFESSIONS, start=1):
        profession.objects.update_or_create(
            nomenclature=nomenclature,
            code=code,
            defaults={
                "name": name,
                "plural": plural,
                "is_active": active,
                "rank": rank,
                "search": f"{fold(name)} {code}",
            },
        )
    specialty = apps.get_model("members", "Specialty")
    for code, name, profession_code in SPECIALTIES:
        owner = profession.objects.get(nomenclature=HEALTH, code=profession_code)
        specialty.objects.update_or_create(code=code, defaults={"name": name, "profession": owner})


def unload(apps, schema_editor):
    apps.get_model("members", "Specialty").objects.all().delete()
    apps.get_model("members", "Profession").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial")]
    operations = [migrations.RunPython(load, unload)]
