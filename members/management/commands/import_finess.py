"""manage.py import_finess FILE: the extract of FINESS structures."""

from pathlib import Path
from typing import Any

from members.directory_import.finess import import_finess
from members.management.commands._directory import DirectoryCommand
from members.models import DirectoryImport


class Command(DirectoryCommand):
    help = "Importe les établissements FINESS (fichier « structureet », avec ou sans intitulés), .csv ou ZIP."
    reason = "import of FINESS structures"
    labels = {
        "lines": "lignes lues",
        "kept": "structures des communes des CPTS",
        "by_postal_code": "dont retrouvées par le code postal et le nom",
        "refused": "lignes refusées",
        "duplicates": "lignes en double",
        "doubtful_keys": "FINESS dont la clé est douteuse",
        "structures_created": "structures créées",
        "structures_updated": "structures modifiées",
        "structures_ended": "structures disparues",
        "structures_kept": "structures déjà connues",
        "communes": "communes suivies",
    }

    def run_import(self, path: Path, **arguments: Any) -> DirectoryImport:
        return import_finess(path, **arguments)
