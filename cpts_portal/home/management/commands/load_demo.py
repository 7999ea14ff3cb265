"""`manage.py load_demo`: the five demonstration CPTS, their agencies, their registers and fictitious people."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from cpts_portal.home.demo_loading import MapMissing, load_demo

LABELS = {
    "agencies": "agences",
    "cpts": "CPTS",
    "communes": "communes de leurs territoires",
    "users": "utilisateurs",
    "accesses": "accès",
    "people": "professionnels",
    "structures": "structures",
    "memberships": "adhésions",
    "payments": "cotisations payées",
    "entries": "fiches de l’annuaire national",
    "finess": "structures de FINESS",
    "missions": "missions",
    "indicators": "indicateurs",
    "meetings": "réunions tenues",
    "pay lines": "activités à payer",
    "contracts": "contrats",
}


def figures(made: Counter[str]) -> str:
    return ", ".join(f"{made[key]} {label}" for key, label in LABELS.items())


class Command(BaseCommand):
    help = "Crée les données de démonstration qui manquent ; ce qui existe déjà n’est pas modifié."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait créé, sans rien enregistrer")
        parser.add_argument(
            "--force", action="store_true", help="accepte de créer ces comptes publics hors développement"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (signature fixed by Django)
        if not settings.DEBUG and not options["force"]:
            raise CommandError(
                "Les comptes de démonstration ont un mot de passe public : refusé quand DEBUG n’est pas actif. "
                "Ajoutez --force si ce portail ne sert qu’à essayer."
            )
        try:
            with transaction.atomic():
                made = load_demo()
                transaction.set_rollback(options["dry_run"])
        except MapMissing as error:
            raise CommandError("La carte des communes n’est pas chargée : lancez d’abord load_reference.") from error
        verb = "Seraient créés" if options["dry_run"] else "Créés"
        self.stdout.write(f"{verb} : {figures(made)}.")
