"""`manage.py anonymise_members [--dry-run] [--cpts ID]`: what the page does, for every CPTS (a monthly timer)."""

from argparse import ArgumentParser
from collections import Counter
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cpts_portal.core.scoping import everything
from members.privacy.erasure import carry_out, counts_for, plan_for, told
from territories.models import Cpts


class Command(BaseCommand):
    help = "Efface les données personnelles dont la durée de conservation est passée."

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
        counts = counts_for(cpts, today=today) if dry_run else everything_due(cpts, today=today)
        verb = "À faire" if dry_run else "Fait"
        self.stdout.write(f"{cpts.full_name}. {verb} : {told(counts) or 'rien'}.")


def everything_due(cpts: Cpts, *, today: date) -> Counter[str]:
    """Round after round, until one finds nothing more to do."""
    done: Counter[str] = Counter()
    while True:
        erased = carry_out(cpts, shown=plan_for(cpts, today=today).shown, today=today, by=None)
        if not any(erased.values()):
            return done
        done.update(erased)
