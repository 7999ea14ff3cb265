"""manage.py import_finess FILE: the extract of FINESS structures."""

from pathlib import Path
from typing import Any

from members.directory.imports.finess import import_finess
from members.directory.imports.labels import FINESS_LABELS
from members.management.commands._directory import DirectoryCommand
from members.models import DirectoryImport


class Command(DirectoryCommand):
    help = "Importe les établissements FINESS (fichier « structureet », avec ou sans intitulés), .csv ou ZIP."
    reason = "import of FINESS structures"
    labels = FINESS_LABELS

    def run_import(self, path: Path, **arguments: Any) -> DirectoryImport:
        return import_finess(path, **arguments)
