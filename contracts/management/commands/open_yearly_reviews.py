"""`manage.py open_yearly_reviews [--dry-run]`: the reviews of the years about to end (a nightly timer)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from contracts.yearly.opening import ending_soon, open_yearly_reviews, title_of
from cpts_portal.core.scoping import everything
from cpts_portal.core.text import plural


class Command(BaseCommand):
    help = "Ouvre les dialogues de gestion des années qui se terminent dans les 90 jours."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait ouvert, sans rien enregistrer")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (signature fixed by Django)
        day = timezone.localdate()
        with everything("opening of the yearly reviews, from the command line"):
            if options["dry_run"]:
                found = [f"{year.exercise.cpts.full_name} : {title_of(year.exercise)}" for year in ending_soon(day)]
            else:
                found = [f"{review.cpts.full_name} : {review.title}" for review in open_yearly_reviews(day)]
        for line in found:
            self.stdout.write(line)
        verb = "À ouvrir" if options["dry_run"] else "Ouverts"
        self.stdout.write(f"{verb} : {plural(len(found), 'dialogue de gestion', 'dialogues de gestion')}.")
