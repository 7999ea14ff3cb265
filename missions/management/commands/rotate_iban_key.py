"""`manage.py rotate_iban_key [--dry-run]`: encrypts every recorded IBAN again with the first key of `IBAN_KEY`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cpts_portal.core.scoping import everything
from cpts_portal.core.text import plural
from missions.pay.iban_rotation import rotate


class Command(BaseCommand):
    help = "Chiffre de nouveau les IBAN enregistrés avec la première clé de IBAN_KEY."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait fait, sans rien enregistrer")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (signature fixed by Django)
        with everything("rotation of the key of bank accounts, from the command line"):
            found = rotate(dry_run=options["dry_run"])
        words = ("IBAN à chiffrer", "IBAN à chiffrer") if options["dry_run"] else ("IBAN chiffré", "IBAN chiffrés")
        done = f"{plural(found.rotated, *words)} de nouveau"
        self.stdout.write(f"{done}, {found.current} déjà avec la première clé.")
        if found.unreadable:
            raise CommandError(
                f"{plural(found.unreadable, 'IBAN illisible', 'IBAN illisibles')} avec les clés données : "
                "gardez l’ancienne clé dans IBAN_KEY."
            )
