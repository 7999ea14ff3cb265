"""`manage.py import_communes FILE --vintage 2026 [--dry-run]`: the importer of the portal, from a terminal."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cpts_portal.core.scoping import everything
from cpts_portal.core.text import number_fr
from cpts_portal.imports.refusals import ImportRefused
from territories.commune_import import COUNT_LABELS, LAYOUTS, CommunePlan, apply_import, prepare
from territories.models import CommuneImport

SHOWN = 20


class Command(BaseCommand):
    help = "Importe une liste de communes (CSV ou XLSX) : tout est enregistré, ou rien."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="fichier CSV ou XLSX, dans l’un des formats acceptés")
        parser.add_argument("--vintage", type=int, help="millésime (année) ; par défaut, celui du nom du fichier")
        parser.add_argument("--dry-run", action="store_true", help="dit ce que l’import ferait, sans rien enregistrer")
        parser.add_argument(
            "--successor",
            action="append",
            default=[],
            metavar="ANCIEN=NOUVEAU",
            help="commune qui remplace une commune disparue, quand le fichier ne le dit pas (peut être répété)",
        )

        parser.add_argument(
            "--accept-partial",
            action="store_true",
            help="accepte un nouveau millésime dont le fichier laisse de côté plus de 5 %% des communes",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"Le fichier {path} ne peut pas être lu : {error.strerror}.") from error
        with everything("commune import from the command line"):
            self._run(content, path.name, options)

    def _run(self, content: bytes, name: str, options: dict[str, Any]) -> None:
        successors = self._successors(options["successor"])
        plan = prepare(content, name, vintage=options["vintage"], successors=successors)
        self._describe(plan)
        if options["dry_run"]:
            if not plan.is_applicable:
                raise CommandError(self._reasons(plan))
            self.stdout.write("Essai : rien n’a été enregistré.")
            return
        try:
            imported = apply_import(
                content,
                name,
                vintage=options["vintage"],
                by=None,
                origin=CommuneImport.Source.COMMAND,
                successors=successors,
                accept_partial=options["accept_partial"],
            )
        except ImportRefused as refusal:
            raise CommandError(self._reasons(refusal.plan or plan, refusal.message)) from refusal
        self.stdout.write(self.style.SUCCESS(f"Import n° {imported.pk} appliqué (millésime {imported.vintage})."))

    def _successors(self, pairs: list[str]) -> dict[str, str]:
        successors = dict(pair.partition("=")[::2] for pair in pairs)
        if not all(successors.values()):
            raise CommandError("--successor s’écrit ANCIEN=NOUVEAU, par exemple --successor 02311=02589.")
        return successors

    def _describe(self, plan: CommunePlan) -> None:
        title = LAYOUTS[plan.layout].title if plan.layout else "format non reconnu"
        self.stdout.write(f"{plan.filename} : {title}, millésime {plan.vintage or 'inconnu'}")
        for key, label in COUNT_LABELS.items():
            if plan.counts[key]:
                self.stdout.write(f"  {label} : {number_fr(plan.counts[key])}")
        self._some([remark.sentence for remark in plan.remarks], "remarques")
        if plan.partial:
            self.stdout.write(f"  Millésime partiel : {plan.partial} (--accept-partial)")
        for effect in plan.effects:
            self.stdout.write(f"  {effect.name} : {' '.join(effect.sentences)}")
        if plan.is_applicable and plan.writes_nothing:
            self.stdout.write("  Rien à changer : le portail connaît déjà tout ce que dit ce fichier.")

    def _some(self, sentences: list[str], what: str) -> None:
        for sentence in sentences[:SHOWN]:
            self.stdout.write(f"  {sentence}")
        if len(sentences) > SHOWN:
            self.stdout.write(f"  … et {number_fr(len(sentences) - SHOWN)} autres {what}.")

    def _reasons(self, plan: CommunePlan, refusal: str = "") -> str:
        lines = [
            f"Ligne {refusal.line}, colonne {refusal.column}, « {refusal.value} » : {refusal.reason}"
            for refusal in plan.refusals[:SHOWN]
        ]
        if len(plan.refusals) > SHOWN:
            lines.append(f"… et {number_fr(len(plan.refusals) - SHOWN)} autres refus.")
        return "\n".join(["Import refusé, rien n’a été enregistré.", *lines, *(plan.reasons or [refusal])])
