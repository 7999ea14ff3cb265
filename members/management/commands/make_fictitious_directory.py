"""manage.py make_fictitious_directory FILE: an extract to try the imports with, without a real file."""

from datetime import date
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cpts_portal.core.text import number_fr
from members.directory.fictitious_people import FictitiousPlace, places, write_extract
from members.directory.fictitious_structures import write_finess
from members.directory.imports import observed_on_in
from territories.models import Commune

FINESS_MOST = 500_000  # as many fictitious numbers as there are
MADE_UP = 35_000  # communes, when the map is not loaded


class Command(BaseCommand):
    help = (
        "Écrit une extraction fictive de l’Annuaire Santé (ou de FINESS, avec --finess) sur les communes de la carte. "
        "Le même appel écrit le même fichier ; avec plus de lignes il ajoute des personnes : de quoi voir des arrivées."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="Fichier à créer, par exemple PS_LibreAcces_20261101.txt.")
        parser.add_argument("--rows", type=int, default=500_000, help="Nombre de lignes (la vraie : 2 200 000).")
        parser.add_argument("--seed", type=int, default=1, help="Un autre nombre donne un autre fichier.")
        parser.add_argument("--finess", action="store_true", help="Des structures au lieu de personnes.")
        parser.add_argument("--force", action="store_true", help="Remplacer un fichier qui existe.")
        parser.add_argument("--dry-run", action="store_true", help="Dire ce qui serait écrit, sans écrire.")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (signature fixed by Django)
        path: Path = options["file"]
        if options["rows"] < 1 or (options["finess"] and options["rows"] > FINESS_MOST):
            raise CommandError(f"Le nombre de lignes va de 1 à {number_fr(FINESS_MOST)} pour FINESS.")
        if path.exists() and not options["force"]:
            raise CommandError(f"Le fichier {path} existe déjà : choisissez un autre nom, ou ajoutez --force.")
        everywhere = known_places() or places(MADE_UP)
        said = f"{number_fr(options['rows'])} lignes sur {number_fr(len(everywhere))} communes"
        if options["dry_run"]:
            self.stdout.write(f"Seraient écrites : {said}.")
            return
        try:
            with path.open("wb") as out:
                written = self._write(out, everywhere, options)
        except OSError as error:
            raise CommandError(f"Le fichier {path} ne peut pas être écrit : {error.strerror}.") from error
        self.stdout.write(f"{path} : {said}, {number_fr(written / 1e6, 1)} Mo. Personne de ce fichier n’existe.")

    @staticmethod
    def _write(out: IO[bytes], everywhere: list[FictitiousPlace], options: dict[str, Any]) -> int:
        if options["finess"]:
            day: date = observed_on_in(options["file"].name) or timezone.localdate()
            return write_finess(out, options["rows"], everywhere, day=day, seed=options["seed"])
        return write_extract(out, options["rows"], everywhere, seed=options["seed"])


def known_places() -> list[FictitiousPlace]:
    rows = Commune.objects.current().order_by("code").values_list("code", "name", "postal_codes")
    return [FictitiousPlace(code, name, postal_codes.split()[0]) for code, name, postal_codes in rows if postal_codes]
