"""manage.py import_directory FILE: the free-access extract of the Annuaire Santé."""

from pathlib import Path
from typing import Any

from members.directory.imports import import_directory
from members.directory.imports.labels import RPPS_LABELS
from members.management.commands._directory import DirectoryCommand
from members.models import DirectoryImport


class Command(DirectoryCommand):
    help = "Importe l’extraction en libre accès de l’Annuaire Santé (personnes et activités), .txt ou ZIP."
    reason = "import of the national directory"
    labels = RPPS_LABELS

    def run_import(self, path: Path, **arguments: Any) -> DirectoryImport:
        return import_directory(path, **arguments)
