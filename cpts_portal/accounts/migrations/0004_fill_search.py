"""Fill the folded text that the search of users reads."""

from django.db import migrations

from cpts_portal.core.text import fold


def fill(apps, schema_editor):
    for user in apps.get_model("accounts", "User").objects.filter(search="").iterator():
        user.search = fold(f"{user.first_name} {user.last_name} {user.email}")
        user.save(update_fields=["search"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_search_and_invitation_states")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
