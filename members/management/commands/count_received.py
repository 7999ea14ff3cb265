"""`manage.py count_received [--dry-run]`: checks that each due keeps the sum of its payments, and counts again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from cpts_portal.core.scoping import everything
from cpts_portal.core.text import euros_fr, plural
from members.dues.received import count_received, lock_dues, wrongly_counted


class Command(BaseCommand):
    help = "Vérifie que chaque cotisation garde la somme de ses paiements, et la recompte là où elle est fausse."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui est faux, sans rien enregistrer")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (signature fixed by Django)
        with everything("check of what every due keeps, from the command line"), transaction.atomic():
            wrong = list(wrongly_counted().select_related("campaign__cpts").order_by("pk"))
            for due in wrong:
                cpts = due.campaign.cpts.full_name
                kept, counted = euros_fr(due.paid), euros_fr(vars(due)["counted"])
                self.stdout.write(f"{cpts}, cotisation n° {due.pk} : {kept} gardés, {counted} reçus.")
            if not options["dry_run"]:
                lock_dues(due.pk for due in wrong)
                count_received(due.pk for due in wrong)
        if options["dry_run"]:
            said = plural(len(wrong), "cotisation à recompter", "cotisations à recompter")
        else:
            said = plural(len(wrong), "cotisation recomptée", "cotisations recomptées")
        self.stdout.write(f"{said}.")
