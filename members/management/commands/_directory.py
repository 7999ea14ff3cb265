"""What the two commands that import public directories share."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpts_portal.core.scoping import everything
from cpts_portal.core.text import number_fr
from cpts_portal.imports.refusals import ImportRefused
from members.directory.imports import How, observed_on_in
from members.models import DirectoryImport

REFUSED_SHOWN = 10


class DirectoryCommand(BaseCommand):
    """A file, its day, `--dry-run`; figures on the output, refusals as errors with line and column."""

    labels: dict[str, str] = {}
    reason = "import of a public directory"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="Fichier .txt ou .csv, ou le ZIP qui le contient.")
        parser.add_argument(
            "--observed-on",
            type=date.fromisoformat,
            help="Jour des données, AAAA-MM-JJ (par défaut : celui du nom du fichier).",
        )
        parser.add_argument("--dry-run", action="store_true", help="Tout faire, puis ne rien garder.")
        parser.add_argument(
            "--accept-losses", action="store_true", help="Accepter qu’une grande part des lignes connues disparaisse."
        )

    def run_import(self, path: Path, **arguments: Any) -> DirectoryImport:
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (signature fixed by Django)
        path: Path = options["file"]
        observed_on = options["observed_on"] or observed_on_in(path.name)
        if observed_on is None:
            raise CommandError("Le nom du fichier ne dit pas le jour des données : ajoutez --observed-on AAAA-MM-JJ.")
        how = How(dry_run=options["dry_run"], accept_losses=options["accept_losses"])
        with everything(self.reason):
            try:
                done = self.run_import(path, observed_on=observed_on, by=None, how=how)
            except ImportRefused as refusal:
                raise CommandError(str(refusal)) from refusal
        self._print(done, dry_run=options["dry_run"])

    def _print(self, done: DirectoryImport, *, dry_run: bool) -> None:
        self.stdout.write(f"{done.get_source_display()}, données du {done.observed_on:%d/%m/%Y}")
        for name, label in self.labels.items():
            if name in done.counts:
                self.stdout.write(f"  {label} : {number_fr(done.counts[name])}")
        for code, count in done.counts.get("unknown_professions", {}).items():
            self.stdout.write(f"  code de profession inconnu {code} : {number_fr(count)} lignes")
        for line in done.refused[:REFUSED_SHOWN]:
            column = f", colonne « {line['column']} »" if line["column"] else ""
            self.stdout.write(f"  ligne {line['line']}{column}, « {line['value']} » : {line['reason']}")
        if done.counts.get("first"):
            self.stdout.write("  premier import : situation de départ, ni arrivées ni départs")
        if dry_run:
            self.stdout.write("Essai seulement : rien n’a été écrit.")
