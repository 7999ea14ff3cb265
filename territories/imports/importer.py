"""The import of communes, as the machine of imports knows it (`cpts_portal.imports`)."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from django.db.models import Max

from cpts_portal.core.authors import Author
from cpts_portal.imports.importer import Importer, Reporter
from territories.commune_import import CommunePlan, apply_import, describe, prepare, undo_last, why_not_undo
from territories.models import CommuneImport, CptsCommune


def map_state() -> str:
    """Changes each time an import is applied or undone: a preview is worth only for the state it was made on."""
    seen = CommuneImport.objects.aggregate(applied=Max("applied_at"), undone=Max("undone_at"))
    return "/".join(_written(moment) for moment in (seen["applied"], seen["undone"]))


def _written(moment: datetime | None) -> str:
    return moment.isoformat() if moment else "-"


def successors_of(imported: CommuneImport) -> dict[str, str]:
    """Successors chosen by hand for ended communes, by former code."""
    return imported.report.get("successors", {})


class CommuneImporter(Importer[CommuneImport, CommunePlan]):
    """A preview takes seconds: a job makes it, and leaves the import refused, useless or to be decided."""

    model = CommuneImport
    reads_by_job = True
    untouched = "toutes les communes sont comme avant"
    stale = (
        "Un autre import a été appliqué ou annulé depuis cet aperçu. L’aperçu ci-dessous a été refait : "
        "vérifiez-le avant de confirmer."
    )

    def state(self, run: CommuneImport) -> str:  # noqa: ARG002 (one map for everybody)
        return map_state()

    def plan_key(self, run: CommuneImport) -> str:
        """The plan is worth for one state of the map, of the territories and of the choices made by hand."""
        territories = CptsCommune.history.aggregate(last=Max("history_id"))["last"]
        parts = f"{map_state()}|{territories}|{sorted(successors_of(run).items())}"
        return f"commune-plan:{run.pk}:{sha256(parts.encode()).hexdigest()}"

    def read(self, run: CommuneImport, report: Reporter) -> CommunePlan:
        return prepare(run.content(), run.filename, vintage=run.vintage, successors=successors_of(run), report=report)

    def settle(self, run: CommuneImport, plan: CommunePlan) -> str:
        """Bad lines, or an obstacle that no choice lifts, refuse the file; a decision is awaited only when useful."""
        describe(run, plan)
        move = "show"
        chosen = bool(successors_of(run)) or any(gone.needs_choice for gone in plan.ended)
        if plan.refusals or not plan.layout or (plan.blocking and not chosen):
            move = "refuse"
        elif plan.is_applicable and plan.writes_nothing:
            move = "leave alone"
        if move != "show":
            run.report = {**run.report, **plan.as_report()}
        return move

    def consent(self, run: CommuneImport, consents: Mapping[str, bool]) -> None:
        run.report = {**run.report, "accept_partial": bool(consents.get("accept_partial"))}

    def obstacle(self, run: CommuneImport, plan: CommunePlan) -> str:
        if not plan.is_applicable:
            return " ".join(["Cet import ne peut pas être appliqué en l’état.", *plan.reasons])
        if plan.partial and not run.report["accept_partial"]:
            return "Ce millésime est partiel : cochez la case qui l’accepte avant de confirmer l’import."
        return ""

    def write(self, run: CommuneImport, *, by: Author, report: Reporter) -> None:
        apply_import(
            run.content(),
            run.filename,
            vintage=run.vintage,
            by=by,
            origin=CommuneImport.Source.PAGE,
            successors=successors_of(run),
            accept_partial=run.report.get("accept_partial", False),
            report=report,
            into=run,
        )

    def why_not_undo(self, run: CommuneImport) -> str:
        return why_not_undo(run)

    def undo(self, run: CommuneImport, *, by: Author) -> None:
        undo_last(by=by)
        run.refresh_from_db()

    def busy(self, running: CommuneImport, run: CommuneImport) -> str:
        if running.pk == run.pk:
            return "Cet import est déjà en cours."
        who = running.author.get_full_name() if running.author else "une commande"
        return (
            f"Un autre import est en cours : « {running.filename} », lancé par {who}. "
            "Attendez qu’il se termine ; l’aperçu sera alors refait sur les communes à jour."
        )


COMMUNES = CommuneImporter()
