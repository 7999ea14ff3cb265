"""`manage.py anonymise_members [--dry-run] [--cpts ID]`: what the page does, for every CPTS (a monthly timer)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cpts_portal.core.scoping import everything
from cpts_portal.core.text import plural
from members.erasure import ErasurePlan, carry_out, plan_for
from territories.models import Cpts


class Command(BaseCommand):
    help = "Anonymise les personnes parties depuis plus longtemps que la durée de conservation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait fait, sans rien enregistrer")
        parser.add_argument("--cpts", type=int, metavar="NUMÉRO", help="une seule CPTS")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (signature fixed by Django)
        with everything("anonymisation after the retention period, from the command line"):
            for cpts in self._wanted(options["cpts"]):
                self._run(cpts, dry_run=options["dry_run"])

    def _wanted(self, number: int | None) -> list[Cpts]:
        if number is None:
            return list(Cpts.objects.order_by("name"))
        found = list(Cpts.objects.filter(pk=number))
        if not found:
            raise CommandError(f"Aucune CPTS ne porte le numéro {number}.")
        return found

    def _run(self, cpts: Cpts, *, dry_run: bool) -> None:
        today = timezone.localdate()
        plan = plan_for(cpts, today=today)
        verb = "À faire" if dry_run else "Fait"
        self.stdout.write(f"{cpts.full_name}. {verb} : {figures(plan)}.")
        if dry_run:
            return
        while not plan.is_empty:
            carry_out(cpts, people=[person.pk for person in plan.people], today=today, by=None)
            plan = plan_for(cpts, today=today)


def figures(plan: ErasurePlan) -> str:
    return ", ".join(
        (
            plural(plan.persons, "personne anonymisée", "personnes anonymisées"),
            plural(plan.payments, "nom de payeur effacé", "noms de payeurs effacés"),
            plural(plan.applications, "demande effacée", "demandes effacées"),
            plural(plan.imports, "fichier d’import supprimé", "fichiers d’import supprimés"),
        )
    )
