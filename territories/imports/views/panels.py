"""What an import shows: the same panels for a preview (from its plan) and for a report (from what was kept)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode

from cpts_portal.core.text import NO_BREAK_SPACE, number_fr, plural
from territories.commune_import import COUNT_LABELS, CommunePlan, CommuneRefusal, CommuneRemark, CptsEffect, Ended
from territories.imports.views import tables, words
from territories.models import Commune, CommuneChange, CommuneImport

Nature = tuple[str, str, int]  # key in the address, label, number of changes


@dataclass(frozen=True)
class Shown:
    """What a preview or a report prints, wherever it comes from."""

    counts: Mapping[str, int]
    refusals: Sequence[CommuneRefusal]
    remarks: Sequence[CommuneRemark]
    ended: Sequence[Ended]
    effects: Sequence[CptsEffect]
    natures: Sequence[Nature]
    lines: Callable[[str], tuple[type, Any]]  # table and rows of the changes of one nature
    number_of_changes: int
    blocking: Sequence[str] = ()

    @property
    def size_changes(self) -> list[CptsEffect]:
        return [effect for effect in self.effects if effect.changes_size]

    @property
    def to_arbitrate(self) -> list[CptsEffect]:
        return [effect for effect in self.effects if effect.to_arbitrate]

    @property
    def without_successor(self) -> list[Ended]:
        """Ended communes whose successor nobody knows, those that a CPTS holds first."""
        unknown = [gone for gone in self.ended if not gone.successor_code]
        return sorted(unknown, key=lambda gone: (not gone.needs_choice, gone.code))

    @property
    def tiles(self) -> list[dict[str, Any]]:
        return words.tiles(self.counts)

    @property
    def other_counts(self) -> str:
        return words.other_counts(self.counts)

    @property
    def summary(self) -> str:
        return words.summary(self.counts)


def of_plan(plan: CommunePlan) -> Shown:
    """What a preview shows."""
    changes = sorted(plan.changes, key=words.order)
    found: dict[str, tuple[str, int]] = {}
    for change in changes:
        nature = words.nature_of(change)
        label, number = found.get(nature, (words.nature_label(change.action, change.field), 0))
        found[nature] = (label, number + 1)
    natures = [(nature, label, number) for nature, (label, number) in found.items()]
    return Shown(
        counts=plan.counts,
        refusals=plan.refusals,
        remarks=plan.remarks,
        ended=plan.ended,
        effects=plan.effects,
        blocking=plan.reasons,
        natures=[("tous", "Tous", len(changes)), *natures] if changes else [],
        lines=lambda wanted: (
            tables.ChangeTable,
            changes if wanted == "tous" else [change for change in changes if words.nature_of(change) == wanted],
        ),
        number_of_changes=len(changes),
    )


def of_refused(imported: CommuneImport) -> Shown:
    """What the report of a refused file shows: its bad lines, and how the others were read; nothing was written."""
    return Shown(
        counts={},
        refusals=[CommuneRefusal(**row) for row in imported.refused],
        remarks=[CommuneRemark(**row) for row in imported.report.get("remarks", [])],
        ended=(),
        effects=(),
        blocking=imported.report.get("blocking", []),
        natures=(),
        lines=lambda _wanted: (tables.KeptChangeTable, ()),
        number_of_changes=0,
    )


def of_record(imported: CommuneImport) -> Shown:
    """What a report shows: only what was kept with the import, whatever happened since."""
    if imported.status == CommuneImport.Status.REFUSED:
        return of_refused(imported)
    kept = imported.report
    # The successor of an ended commune is told on the tab of ended communes.
    changes = CommuneChange.objects.filter(imported=imported).exclude(field="successor")
    grouped = changes.order_by().values("field").annotate(number=Count("pk")).order_by("field")
    natures = [(row["field"], words.nature_label("", row["field"]), row["number"]) for row in grouped]
    created = Commune.objects.filter(created_by=imported).count()
    if created:
        natures.insert(0, ("created", words.ACTIONS["created"], created))
    return Shown(
        counts=imported.counts,
        refusals=(),
        remarks=[CommuneRemark(**row) for row in kept.get("remarks", [])],
        ended=[Ended(**{**row, "proposals": ()}) for row in kept.get("ended", [])],
        effects=[CptsEffect(**row) for row in kept.get("effects", [])],
        natures=natures,
        lines=lambda wanted: _recorded(imported, wanted),
        number_of_changes=sum(number for _, _, number in natures),
    )


def _recorded(imported: CommuneImport, wanted: str) -> tuple[type, Any]:
    if wanted == "created":
        created = Commune.objects.filter(created_by=imported).select_related("department", "epci")
        return tables.CreatedTable, created.order_by("-kind", "name", "code")
    changes = CommuneChange.objects.filter(imported=imported, field=wanted).select_related("commune")
    return tables.KeptChangeTable, changes.order_by("commune__name", "commune__code")


def panel(shown: Shown, request: HttpRequest) -> dict[str, Any]:
    """The part of the page below the figures: tabs, the table of the open one, and the filter of changes."""
    available = [(key, label, len_of) for key, label, len_of in _tabs(shown) if len_of]
    keys = [key for key, _, _ in available]
    wanted = request.GET.get("volet", "")
    opened = wanted if wanted in keys else (keys[0] if keys else "")
    return {
        "shown": shown,
        "opened": opened,
        "tabs": [
            (f"{label} ({number_fr(number)})", f"?{urlencode({'volet': key})}#detail", key == opened)
            for key, label, number in available
        ],
        **_opened(shown, opened, request),
    }


def _tabs(shown: Shown) -> list[tuple[str, str, int]]:
    return [
        ("refus", "Lignes refusées", len(shown.refusals)),
        ("cpts", "Effets sur les CPTS", len(shown.effects)),
        ("disparues", "Communes disparues", len(shown.ended)),
        ("changements", "Tous les changements", shown.number_of_changes),
        ("lectures", "Lectures à vérifier", len(shown.remarks)),
    ]


def _opened(shown: Shown, opened: str, request: HttpRequest) -> dict[str, Any]:
    if opened == "changements":
        return _changes(shown, request)
    simple: dict[str, tuple[type, Sequence[Any]]] = {
        "refus": (tables.RefusalTable, shown.refusals),
        "cpts": (tables.EffectTable, sorted(shown.effects, key=lambda effect: not effect.changes_size)),
        "disparues": (tables.EndedTable, shown.ended),
        "lectures": (tables.RemarkTable, shown.remarks),
    }
    if opened not in simple:
        return {"table": None}
    table, rows = simple[opened]
    return {"table": tables.rows_of(table, rows, request)}


def _changes(shown: Shown, request: HttpRequest) -> dict[str, Any]:
    keys = [key for key, _, _ in shown.natures]
    wanted = request.GET.get("nature", "")
    wanted = wanted if wanted in keys else keys[0]
    table, rows = shown.lines(wanted)
    return {
        "table": tables.rows_of(table, rows, request),
        "natures": [
            {
                "label": label,
                "number": number,
                "url": f"?{urlencode({'volet': 'changements', 'nature': key})}#detail",
                "is_active": key == wanted,
            }
            for key, label, number in shown.natures
        ],
    }


def documented(layouts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each accepted format with its addresses, for the pages that explain them."""
    return [
        {
            "layout": layout,
            "template_url": reverse("territories:import-template", args=[key]),
            "schema_url": reverse("territories:import-schema", args=[key]),
        }
        for key, layout in layouts.items()
    ]


def undo_consequences(imported: CommuneImport) -> list[str]:
    """What undoing this import will do, in sentences with figures."""
    counts = {**dict.fromkeys(COUNT_LABELS, 0), **imported.counts}
    cpts = len(imported.report.get("effects", []))
    sentences = [
        (
            counts["created"],
            "commune créée par cet import sera retirée",
            "communes créées par cet import seront retirées",
        ),
        (counts["ended"], "commune disparue redeviendra actuelle", "communes disparues redeviendront actuelles"),
        (counts["changed"], "commune retrouvera ses données d’avant", "communes retrouveront leurs données d’avant"),
        (
            counts["populations_added"],
            f"population du millésime {imported.vintage} sera retirée",
            f"populations du millésime {imported.vintage} seront retirées",
        ),
        (
            counts["populations_corrected"],
            "population reviendra à sa valeur d’avant",
            "populations reviendront à leur valeur d’avant",
        ),
        (
            cpts,
            "territoire de CPTS reviendra à sa composition d’avant",
            "territoires de CPTS reviendront à leur composition d’avant",
        ),
    ]
    told = [f"{plural(number, one, many)}." for number, one, many in sentences if number]
    return [*told, "Le compte rendu de l’import reste consultable, marqué comme annulé."]


def outcome(imported: CommuneImport) -> dict[str, str] | None:
    """The headline of an import that was applied, then perhaps undone, or that had nothing to change."""
    if imported.status == CommuneImport.Status.UNDONE:
        return {
            "tone": "info",
            "title": f"Import annulé le {_moment(imported.undone_at)}",
            "text": "Les communes et les territoires sont revenus à leur état d’avant. Voici ce qu’il avait fait.",
        }
    if imported.status == CommuneImport.Status.NOTHING:
        return {
            "tone": "success",
            "title": "Rien à changer",
            "text": f"Le portail connaît déjà tout ce que dit ce fichier{NO_BREAK_SPACE}: rien n’a été enregistré.",
        }
    if imported.status != CommuneImport.Status.APPLIED:
        return None
    current = Commune.objects.current().count()
    return {
        "tone": "success",
        "title": f"Import appliqué le {_moment(imported.applied_at)}",
        "text": f"Le portail connaît {plural(current, 'commune actuelle', 'communes actuelles')}.",
    }


def _moment(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "j F Y à H:i") if moment else ""
