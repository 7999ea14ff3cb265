"""`manage.py watch_contract_clocks [--dry-run]`: warnings before the two months end, then the tacit acceptance."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from contracts.review.clock import carry_out, due_on
from cpts_portal.core.scoping import everything


class Command(BaseCommand):
    help = "Prévient les trois parties avant la fin des deux mois d’un projet de santé, puis constate sa validation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait fait, sans rien enregistrer")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (signature fixed by Django)
        moment, counts = timezone.now(), Counter[str]()
        with everything("the clock of health projects, from the command line"):
            for due in list(due_on(moment)):
                done = options["dry_run"] or carry_out(due, moment=moment)
                self.stdout.write(f"{due}{'' if done else ' (déjà fait)'}.")
                counts["validation" if due.warning is None else "rappel"] += bool(done)
        verb = "À faire" if options["dry_run"] else "Fait"
        self.stdout.write(f"{verb} : {counts['rappel']} rappels, {counts['validation']} validations tacites.")
