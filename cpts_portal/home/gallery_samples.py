"""What the gallery shows: every component of `templates/ui/`, with invented contents."""

from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import django_filters
import django_tables2 as tables
from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest

from cpts_portal.core.charts import Point, bar_chart, column_chart
from cpts_portal.core.tasks import Progress
from territories.models import Commune

TONES = ("success", "warning", "danger", "info", "neutral")
PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class Variant:
    title: str
    context: dict[str, Any]


@dataclass(frozen=True)
class Specimen:
    """A component and the ways it is used; a whole page has an address of its own instead of variants."""

    title: str
    template: str
    variants: tuple[Variant, ...]
    page: str = ""

    @property
    def anchor(self) -> str:
        return self.template.removeprefix("ui/").removesuffix(".html")


class SampleForm(forms.Form):
    """Every kind of widget."""

    name = forms.CharField(label="Nom de la CPTS", help_text="Sans le mot CPTS : « du Penthièvre ».")
    email = forms.EmailField(label="Adresse électronique", required=False)
    website = forms.URLField(label="Site internet", required=False, assume_scheme="https")
    stage = forms.ChoiceField(label="Étape", choices=[("", "Choisir…"), ("project", "En projet"), ("signed", "Signée")])
    departments = forms.MultipleChoiceField(
        label="Départements",
        choices=[("22", "22 Côtes-d’Armor"), ("35", "35 Ille-et-Vilaine"), ("56", "56 Morbihan")],
        help_text="Une CPTS peut être à cheval sur deux départements.",
    )
    since = forms.DateField(label="Créée le", widget=forms.DateInput(attrs={"type": "date"}))
    inhabitants = forms.IntegerField(label="Habitants déclarés", min_value=0, required=False)
    kind = forms.ChoiceField(
        label="Forme juridique", widget=forms.RadioSelect, choices=[("association", "Association"), ("gcs", "GCS")]
    )
    topics = forms.MultipleChoiceField(
        label="Missions",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("access", "Accès aux soins"), ("paths", "Parcours"), ("prevention", "Prévention")],
    )
    note = forms.CharField(label="Remarque", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    file = forms.FileField(label="Fichier des communes", required=False, help_text="CSV ou XLSX, 50 Mo au plus.")
    agree = forms.BooleanField(label="Je confirme que ces données sont exactes")


class SampleTable(tables.Table):
    caption = "Communes d’exemple"
    name = tables.Column("Commune")
    code = tables.Column("Code", orderable=False)
    epci = tables.Column("EPCI")
    population = tables.Column("Population", attrs={"td": {"class": "num"}, "th": {"class": "num"}}, footer="74 129")


class SampleFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Commune", method="nothing")
    kind = django_filters.ChoiceFilter(
        label="Nature",
        choices=[("COM", "Commune"), ("COMD", "Commune déléguée")],
        method="nothing",
        empty_label="Toutes",
    )

    class Meta:
        model = Commune
        fields: list[str] = []

    def nothing(self, queryset: Any, name: str, value: Any) -> Any:  # noqa: ARG002 (signature fixed by django-filter)
        return queryset


CONFIRMATION = {
    "question": "Annuler l’import « communes_2026.csv » ?",
    "consequences": ["8 communes disparaîtront.", "Le territoire de 3 CPTS redeviendra celui de 2024."],
    "submit_label": "Annuler l’import",
    "danger": True,
    "cancel_url": "#confirm",
}
EMPTY = {
    "title": "Aucune commune dans ce territoire",
    "hint": "Choisissez un EPCI entier ou cherchez des communes par leur nom.",
    "action_label": "Composer le territoire",
    "action_url": "#empty",
}
EMPTY_AFTER_FILTER = {"title": "Rien à afficher", "hint": "Élargissez la recherche."}
BARS = [
    {"label": "Lamballe Terre et Mer", "value": "68 842 hab.", "percent": 100, "url": "#bars"},
    {"label": "Saint-Brieuc Armor Agglomération", "value": "21 947 hab.", "percent": 31.9},
    {"label": "Dinan Agglomération", "value": "1 204 hab.", "percent": 1.7},
]
ROWS = [
    {"name": "Lamballe-Armor", "code": "22093", "epci": "Lamballe Terre et Mer", "population": "17 238"},
    {
        "name": "Jugon-les-Lacs - Commune nouvelle",
        "code": "22084",
        "epci": "Lamballe Terre et Mer",
        "population": "2 449",
    },
    {"name": "Fougères", "code": "35115", "epci": "Fougères Agglomération", "population": "20 653"},
]


def sample_table(request: HttpRequest) -> SampleTable:
    table = SampleTable(ROWS, order_by=request.GET.get("sort", "name"), request=request)
    table.context = {}
    return table


def sample_filter() -> SampleFilter:
    return SampleFilter({"q": "lamballe", "kind": "COM"}, queryset=Commune.objects.none())


def specimens(request: HttpRequest) -> list[Specimen]:
    return [*_words(), *_figures(), *_journals(), *_forms(), *_lists(request), *_pages()]


def _variants(*titled: tuple[str, dict[str, Any]]) -> tuple[Variant, ...]:
    return tuple(Variant(title, context) for title, context in titled)


def _words() -> list[Specimen]:
    badges = zip(TONES, ("Signée", "À 2 % d’un seuil", "Refusée", "En projet", "Fermée"), strict=True)
    alert = {"title": "Territoire", "text": "La CPTS compte 129 communes."}
    tabs = [("Fiche", "#tabs", True), ("Territoire", "#tabs", False), ("Historique", "#tabs", False)]
    facts = [("Siège", "Lamballe-Armor"), ("Site internet", ""), ("Étape", "Signée")]
    return [
        Specimen(
            "Icône", "ui/icon.html", _variants(*((name, {"name": name}) for name in ("people", "geo-alt", "map")))
        ),
        Specimen(
            "Pastille", "ui/badge.html", _variants(*((tone, {"label": label, "tone": tone}) for tone, label in badges))
        ),
        Specimen("Alerte", "ui/alert.html", _variants(*((tone, {"tone": tone, **alert}) for tone in TONES[:4]))),
        Specimen(
            "État vide", "ui/empty.html", _variants(("avec une action", EMPTY), ("sans action", EMPTY_AFTER_FILTER))
        ),
        Specimen("Onglets", "ui/tabs.html", _variants(("trois pages", {"tabs": tabs}))),
        Specimen("Description", "ui/description.html", _variants(("faits", {"rows": facts}))),
        Specimen(
            "Carte", "ui/card.html", _variants(("avec un titre", {"title": "Siège", "content": "Lamballe-Armor"}))
        ),
    ]


def _figures() -> list[Specimen]:
    flagged = {"label": "Écart au seuil", "value": "1,4 %", "tone": "warning", "hint": "Taille 2 à 3"}
    tiles = _variants(
        ("simple", {"label": "Habitants", "value": "68 842", "hint": "INSEE, millésime 2026"}),
        ("lien", {"label": "Communes", "value": "129", "url": "#stat", "icon": "geo-alt"}),
        ("signalé", flagged),
    )
    jobs = _variants(
        ("en cours", {"progress": Progress(42, "Comparaison des communes…"), "progress_id": "p1"}),
        ("terminé", {"progress": Progress(100, "Import terminé", finished=True), "progress_id": "p2"}),
        ("échec", {"progress": Progress(100, "Fichier illisible", finished=True, failed=True), "progress_id": "p3"}),
    )
    return [
        Specimen("Chiffre", "ui/stat.html", tiles),
        Specimen("Barres", "ui/bars.html", _variants(("par EPCI", {"rows": BARS, "label": "Habitants par EPCI"}))),
        Specimen("Avancement", "ui/progress.html", jobs),
    ]


def _journals() -> list[Specimen]:
    events = [
        SimpleNamespace(
            when=datetime(2026, 11, 22, 9, 5, tzinfo=PARIS),
            who="Camille Essai",
            reason="Extension votée en assemblée",
            sentence="Commune « Fougères » ajoutée au territoire.",
        ),
        SimpleNamespace(when=date(2026, 1, 1), who="", reason="", sentence="CPTS créée."),
    ]
    refused = [
        SimpleNamespace(line=412, column="population", value="14 8S4", reason="Ce n’est pas un nombre."),
        SimpleNamespace(line=988, column="code", value="", reason="Le code de la commune manque."),
    ]
    counts = {"créées": 8, "modifiées": 63, "inchangées": 34898, "terminées": 68, "refusées": 2}
    return [
        Specimen("Historique", "ui/timeline.html", (Variant("deux faits", {"events": events}), Variant("vide", {}))),
        Specimen("Carte de l’historique", "ui/history.html", (Variant("", {"events": events, "title": "Historique"}),)),
        Specimen(
            "Compte rendu d’import",
            "ui/import_report.html",
            (Variant("avec refus", {"counts": counts, "refused": refused, "download_url": "#import_report"}),),
        ),
    ]


def _forms() -> list[Specimen]:
    empty, wrong = SampleForm(prefix="empty"), SampleForm({"wrong-email": "camille"}, prefix="wrong")
    intro = SampleForm({}, prefix="intro")
    return [
        Specimen("Champ", "ui/field.html", (Variant("texte", {"field": SampleForm(prefix="single")["name"]}),)),
        Specimen(
            "Formulaire",
            "ui/form.html",
            (Variant("vide", _as_django_gives(empty)), Variant("avec erreurs", _as_django_gives(wrong))),
        ),
        Specimen("Tête de formulaire", "ui/form_intro.html", (Variant("erreurs", _as_django_gives(intro)),)),
        Specimen(
            "Recherche",
            "ui/search_field.html",
            (
                Variant("ordinaire", {"action": "#search_field", "label": "Commune ou code postal", "field_id": "s1"}),
                Variant(
                    "grande", {"action": "#search_field", "label": "Votre commune", "size": "lg", "field_id": "s2"}
                ),
            ),
        ),
        *_charts(),
        Specimen(
            "Pied de formulaire",
            "ui/actions.html",
            (Variant("", {"label": "Enregistrer", "url": "#actions", "cancel": "Annuler"}),),
        ),
        Specimen("Confirmation", "ui/confirm.html", (Variant("acte grave", CONFIRMATION),)),
    ]


def _charts() -> list[Specimen]:
    kinds = [Point("Médecins", 12, "12"), Point("Infirmiers", 20, "20"), Point("Sages-femmes", 1, "1")]
    years = [Point("2024", 20, "20"), Point("2025", 26, "26"), Point("2026", 33, "33")]
    drawn = {"chart": bar_chart("sample-bars", "Adhérents par profession", kinds)}
    over_time = {"chart": column_chart("sample-columns", "Évolution du nombre d’adhérents", years)}
    return [
        Specimen("Graphique en barres", "ui/chart_bars.html", (Variant("", drawn),)),
        Specimen("Graphique en colonnes", "ui/chart_columns.html", (Variant("", over_time),)),
    ]


def _as_django_gives(form: forms.Form) -> dict[str, Any]:
    return {"form": form, **form.get_context()}


def _lists(request: HttpRequest) -> list[Specimen]:
    table = sample_table(request)
    empty_table = SampleTable([], empty_text="Aucune commune ne correspond.", show_header=True, request=request)
    empty_table.context, empty_table.caption = {}, "Tableau vide"
    filterset = sample_filter()
    return [
        Specimen("Filtres", "ui/filter_bar.html", (Variant("deux filtres actifs", {"filter": filterset}),)),
        Specimen("Exports", "ui/export.html", (Variant("", {}),)),
        Specimen("Lien vers la gestion", "ui/admin_link.html", (Variant("", {"url": "#"}),)),
        Specimen(
            "Tableau", "ui/table.html", (Variant("trié", {"table": table}), Variant("vide", {"table": empty_table}))
        ),
        Specimen(
            "Pagination",
            "ui/pagination.html",
            (Variant("", {"page": Paginator(range(1000), 25).page(7), "field": "p"}),),
        ),
    ]


def _pages() -> list[Specimen]:
    """Whole pages: each has its own address under the gallery's."""
    return [
        Specimen("Page de liste", "ui/list_page.html", (), page="liste"),
        Specimen("Page de formulaire", "ui/form_page.html", (), page="formulaire"),
        Specimen("Page de confirmation", "ui/confirm_page.html", (), page="confirmation"),
    ]


def page_context(template_name: str, request: HttpRequest) -> dict[str, Any]:
    """What a page of the gallery shows; a form comes back with its errors when it is sent."""
    if template_name == "ui/form_page.html":
        return {"form": SampleForm(request.POST or None), "cancel_url": "../", "page_title": "Page de formulaire"}
    if template_name == "ui/list_page.html":
        table = sample_table(request)
        return {"filter": sample_filter(), "table": table, "total": len(table.rows), "page_title": "Page de liste"}
    return {**CONFIRMATION, "cancel_url": "../", "page_title": "Page de confirmation"}
