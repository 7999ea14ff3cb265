"""manage.py import_directory FILE: the free-access extract of the Annuaire Santé."""

from pathlib import Path
from typing import Any

from members.directory_import import import_directory
from members.management.commands._directory import DirectoryCommand
from members.models import DirectoryImport


class Command(DirectoryCommand):
    help = "Importe l’extraction en libre accès de l’Annuaire Santé (personnes et activités), .txt ou ZIP."
    reason = "import of the national directory"
    labels = {
        "lines": "lignes lues",
        "in_perimeter": "lignes des communes des CPTS",
        "by_postal_code": "dont retrouvées par le code postal et le nom",
        "without_place": "lignes sans adresse",
        "students": "étudiants ignorés",
        "without_rpps": "lignes sans RPPS ignorées",
        "refused": "lignes refusées",
        "doubtful_keys": "RPPS dont la clé est douteuse",
        "people": "professionnels",
        "entries_created": "fiches créées",
        "entries_updated": "fiches modifiées",
        "practices_started": "lieux d’exercice commencés",
        "practices_updated": "lieux d’exercice précisés",
        "practices_ended": "lieux d’exercice terminés",
        "practices_kept": "lieux d’exercice inchangés ou précisés",
        "communes": "communes suivies",
        "new_communes": "dont nouvelles",
        "arrivals": "arrivées",
        "departures": "départs",
        "moves": "changements de commune",
    }

    def run_import(self, path: Path, **arguments: Any) -> DirectoryImport:
        return import_directory(path, **arguments)
