"""The import of a coordinator's spreadsheet, as the machine of imports knows it (`cpts_portal.imports`)."""

from typing import Any

from django.db import models

from cpts_portal.core.authors import Author
from cpts_portal.imports.importer import Importer
from members.models import RegisterImport
from members.register_import import previews
from members.register_import.applying import write_plan
from members.register_import.plan import Plan
from members.register_import.records import Reporter
from members.register_import.undoing import take_back, why_not_undo
from territories.models import Cpts


class RegisterImporter(Importer[RegisterImport, Plan]):
    """One at a time in one CPTS, whose row is the lock; in its scope only."""

    model = RegisterImport
    untouched = "le registre est comme avant"
    stale = "Le registre a changé depuis cet aperçu. L’aperçu ci-dessous a été refait : vérifiez-le avant de confirmer."
    not_confirmable = "Cet import n’attend pas de confirmation : rien n’a été écrit."

    def read(self, run: RegisterImport, report: Reporter) -> Plan:
        return previews.build_plan(run, report=report)[0]

    def state(self, run: RegisterImport) -> str:
        return previews.register_state(run.cpts_id)

    def plan_of(self, run: RegisterImport) -> Plan:
        return previews.plan_of(run)

    def forget_plan(self, run: RegisterImport) -> None:
        previews.forget_plan(run)

    def write(self, run: RegisterImport, *, by: Author, report: Reporter) -> None:
        plan, known = previews.plan_to_write(run, report=report)
        write_plan(plan, run, known, by=by, report=report)
        run.report = kept_report(plan)

    def why_not_undo(self, run: RegisterImport) -> str:
        return why_not_undo(run)

    def undo(self, run: RegisterImport, *, by: Author) -> None:
        take_back(run, by=by)

    def hold(self, run: RegisterImport) -> None:
        Cpts.objects.select_for_update().get(pk=run.cpts_id)

    def rivals(self, run: RegisterImport) -> models.QuerySet[RegisterImport]:
        return RegisterImport.objects.filter(cpts=run.cpts_id)

    def cpts_of(self, run: RegisterImport) -> list[int]:
        return [run.cpts_id]


def kept_report(plan: Plan) -> dict[str, Any]:
    """What the report shows later: remarks and lines left out (no personal detail is copied)."""
    return {
        "remarks": [
            {"column": found.column, "sentence": found.sentence, "lines": found.lines[:200], "count": len(found.lines)}
            for found in plan.remarks[:200]
        ],
        "left_out": sorted(plan.left_out)[:1000],
    }


REGISTERS = RegisterImporter()
