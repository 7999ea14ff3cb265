"""What the pages of a spreadsheet show: figures, tabs and the rows of the open one."""

from collections.abc import Mapping, Sequence
from typing import Any

import django_tables2 as tables
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from cpts_portal.core.text import number_fr, plural
from members.models import RegisterImport
from members.register_import.matching import SURE
from members.register_import.plan import COUNT_LABELS, CREATE, LINK, SKIP, Match, Plan
from members.register_import.reading import Table
from members.register_import.records import Remark

REFUSALS_SHOWN, MATCHES_SHOWN, MOST_LINES = 25, 10, 12
Status = RegisterImport.Status
STATUS_TONES = {
    Status.MAPPING: "info",
    Status.PREVIEW: "info",
    Status.RUNNING: "info",
    Status.APPLIED: "success",
    Status.FAILED: "danger",
    Status.UNDONE: "neutral",
}
TILES: dict[str, tuple[str, str]] = {
    "people_created": ("Personnes ajoutées", "success"),
    "structures_created": ("Structures ajoutées", "success"),
    "updated": ("Fiches mises à jour", "info"),
    "linked": ("Déjà au registre", ""),
    "undecided": ("Doublons à trancher", "warning"),
    "refused": ("Lignes à corriger", "danger"),
}
OTHERS = {
    "memberships": "adhésion ajoutée,adhésions ajoutées",
    "applications": "demande d’adhésion ajoutée,demandes d’adhésion ajoutées",
    "refusals": "demande refusée ajoutée,demandes refusées ajoutées",
    "mandates": "mandat ajouté,mandats ajoutés",
    "payments": "paiement ajouté,paiements ajoutés",
    "exemptions": "exonération ajoutée,exonérations ajoutées",
    "campaigns": "campagne de cotisation ouverte,campagnes de cotisation ouvertes",
    "colleges": "collège créé,collèges créés",
    "left_out": "ligne laissée de côté,lignes laissées de côté",
}
ACTION_LABELS = {
    LINK: "Rattachée, fiche non modifiée",
    "update": "Rattachée, fiche mise à jour",
    CREATE: "Nouvelle fiche",
    SKIP: "Laissée de côté",
}


def tiles(counts: Mapping[str, int], *, future: bool = True) -> list[dict[str, Any]]:
    """The main figures; in a report, what was to be settled is over."""
    keys = TILES if future else [key for key in TILES if key not in ("undecided", "refused")]
    return [
        {
            "label": TILES[key][0],
            "value": number_fr(counts.get(key, 0)),
            "tone": TILES[key][1] if counts.get(key) else "",
        }
        for key in keys
    ]


def other_counts(counts: Mapping[str, int]) -> str:
    return ", ".join(plural(counts[key], *words.split(",")) for key, words in OTHERS.items() if counts.get(key))


def summary(imported: RegisterImport) -> str:
    """« 270 personnes ajoutées, 12 structures ajoutées »; empty before the import is applied."""
    words = {
        "people_created": "personne ajoutée,personnes ajoutées",
        "structures_created": "structure ajoutée,structures ajoutées",
        "updated": "fiche mise à jour,fiches mises à jour",
        "payments": "paiement,paiements",
    }
    counts = imported.counts
    return ", ".join(plural(counts[key], *said.split(",")) for key, said in words.items() if counts.get(key)) or "–"


def lines_told(lines: Sequence[int], total: int = 0) -> str:
    """« 4, 7, 12… (318 lignes) »."""
    shown = [str(line) for line in lines[:MOST_LINES] if line]
    number = total or len(lines)
    if not shown:
        return "tout le fichier"
    return f"{', '.join(shown)}… ({plural(number, 'ligne')})" if number > MOST_LINES else ", ".join(shown)


class SpreadsheetTable(tables.Table):
    created_at = tables.DateTimeColumn(verbose_name="Déposé le", format="j F Y à H:i")
    filename = tables.Column(verbose_name="Fichier")
    author = tables.Column(verbose_name="Par")
    counts = tables.Column(verbose_name="Bilan", empty_values=())
    status = tables.Column(verbose_name="État")

    class Meta:
        orderable = False

    def render_filename(self, record: RegisterImport) -> str:
        url = reverse("members:spreadsheet-detail", args=[record.cpts_id, record.pk])
        return format_html('<a href="{}">{}</a>', url, record.filename)

    def render_author(self, record: RegisterImport) -> str:
        return str(record.author.get_full_name())

    def render_counts(self, record: RegisterImport) -> str:
        return summary(record)

    def render_status(self, record: RegisterImport) -> str:
        context = {"label": record.get_status_display(), "tone": STATUS_TONES[Status(record.status)]}
        return render_to_string("ui/badge.html", context)


class SpreadsheetRemarks(tables.Table):
    column = tables.Column(verbose_name="Colonne")
    sentence = tables.Column(verbose_name="Lecture retenue")
    example = tables.Column(verbose_name="Exemple")
    lines = tables.Column(verbose_name="Lignes du fichier")

    caption = "Lectures à vérifier"

    class Meta:
        orderable = False


def remark_rows(remarks: Sequence[Remark]) -> list[dict[str, str]]:
    return [
        {
            "column": found.column,
            "sentence": found.sentence,
            "example": found.example or "–",
            "lines": lines_told(found.lines),
        }
        for found in remarks
    ]


def kept_remark_rows(kept: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"column": row["column"], "sentence": row["sentence"], "lines": lines_told(row["lines"], row["count"])}
        for row in kept.get("remarks", [])
    ]


def match_rows(matches: Sequence[Match]) -> list[dict[str, Any]]:
    """What the page draws of each line that looks like a card."""
    return [
        {
            "line": match.record.line,
            "label": match.record.label,
            "action": match.action,
            "action_label": ACTION_LABELS.get(match.action, ""),
            "chosen": match.chosen.card.id if match.chosen else None,
            "fields": match.fields,
            "is_sure": any(SURE & set(each.signs) for each in match.candidates),
            "candidates": match.candidates,
        }
        for match in matches
    ]


def of_plan(plan: Plan, table: Table, request: HttpRequest) -> dict[str, Any]:
    """Tabs and the rows of the open one."""
    available = [
        ("refus", "Lignes à corriger", plan.counts["refused"]),
        ("doublons", "Doublons à trancher", len(plan.undecided)),
        ("rattachees", "Lignes rattachées", len(plan.decided)),
        ("lectures", "Lectures à vérifier", len(plan.remarks)),
        ("ecartees", "Laissées de côté", len(plan.left_out)),
    ]
    available = [row for row in available if row[2]]
    keys = [key for key, _label, _number in available]
    wanted = request.GET.get("volet", "")
    opened = wanted if wanted in keys else (keys[0] if keys else "")
    return {
        "opened": opened,
        "tabs": [
            (f"{label} ({number_fr(number)})", f"?{urlencode({'volet': key})}#detail", key == opened)
            for key, label, number in available
        ],
        **_opened(opened, plan, table, request),
    }


def _opened(opened: str, plan: Plan, table: Table, request: HttpRequest) -> dict[str, Any]:
    if opened == "refus":
        page = _page(plan.refusals, REFUSALS_SHOWN, request)
        return {"page": page, "colleges": list(plan.unknown_colleges.items())}
    if opened in ("doublons", "rattachees"):
        page = _page(plan.undecided if opened == "doublons" else plan.decided, MATCHES_SHOWN, request)
        return {"page": page, "matches": match_rows(page.object_list)}
    if opened == "lectures":
        return {"table": SpreadsheetRemarks(remark_rows(plan.remarks))}
    if opened == "ecartees":
        page = _page(plan.left_out, REFUSALS_SHOWN * 2, request)
        wanted = set(page.object_list)
        cells = {line: cells for line, cells in table.rows if line in wanted}
        return {
            "page": page,
            "left_out": [
                (line, " · ".join(text for text in cells.get(line, []) if text)[:120]) for line in page.object_list
            ],
        }
    return {}


def _page(rows: Sequence[Any], size: int, request: HttpRequest) -> Any:
    return Paginator(rows, size).get_page(request.GET.get("page"))


def undo_consequences(imported: RegisterImport) -> list[str]:
    """What undoing will do, in sentences with figures."""
    counts = {**dict.fromkeys(COUNT_LABELS, 0), **imported.counts}
    told = [
        (counts["people_created"], "personne ajoutée sera retirée", "personnes ajoutées seront retirées"),
        (counts["structures_created"], "structure ajoutée sera retirée", "structures ajoutées seront retirées"),
        (counts["updated"], "fiche retrouvera ses données d’avant", "fiches retrouveront leurs données d’avant"),
        (counts["memberships"], "adhésion ajoutée sera retirée", "adhésions ajoutées seront retirées"),
        (counts["mandates"], "mandat ajouté sera retiré", "mandats ajoutés seront retirés"),
        (counts["payments"], "paiement ajouté sera retiré", "paiements ajoutés seront retirés"),
    ]
    return [
        *[f"{plural(number, one, many)}." for number, one, many in told if number],
        "Le compte rendu de l’import reste consultable, marqué comme annulé.",
    ]
