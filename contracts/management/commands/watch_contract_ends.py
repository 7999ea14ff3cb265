"""`manage.py watch_contract_ends [--dry-run]`: warns the three parties before a contract expires."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from contracts.deal.expiring import due_on, warn
from cpts_portal.core.scoping import everything


class Command(BaseCommand):
    help = "Prévient les trois parties douze, six et trois mois avant la fin d’un contrat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait fait, sans rien enregistrer")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (signature fixed by Django)
        moment, count = timezone.now(), 0
        with everything("the end of contracts, from the command line"):
            for due in list(due_on(timezone.localtime(moment).date())):
                done = options["dry_run"] or warn(due, moment=moment)
                self.stdout.write(f"{due}{'' if done else ' (déjà fait)'}.")
                count += bool(done)
        self.stdout.write(f"{'À envoyer' if options['dry_run'] else 'Envoyés'} : {count} rappels.")
