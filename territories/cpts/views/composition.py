"""Composing a territory on one screen: what is added, what it changes, what forbids it, then saving.

The draft is kept in the session. Every step is a POST that answers with a redirect, so that reloading or going back
loses and repeats nothing; with JavaScript the same forms replace only the middle of the page.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.text import date_fr, de, fold, plural
from cpts_portal.core.versions import StaleEdit
from cpts_portal.pages import ConfirmPage, CptsMixin, Crumb, Page
from territories.cpts.codes import read_codes
from territories.cpts.composing import communes_of_epci, find_epci, find_for_territory, planned_after, rows_on
from territories.cpts.drafts import Draft
from territories.cpts.forms.composition import CodesForm, EffectForm, ShareForm
from territories.cpts.views.cpts import bars, cpts_crumbs
from territories.cpts.words import effect_words, later_text
from territories.map.vintages import loaded_vintages
from territories.models import Commune, Epci
from territories.perimeter import PerimeterRow, Simulation, TerritoryConflict, compare, set_territory

ROWS_PER_PAGE = 100
NAMES_SHOWN = 12
LIVE_SEARCHES = {
    "epci-results": "territories/cpts/_found_epci.html",
    "commune-results": "territories/cpts/_found_communes.html",
}


class DraftMixin(CptsMixin):
    """The draft of this CPTS in the session of this person."""

    @property
    def key(self) -> str:
        return f"territory_draft:{self.cpts.pk}"

    @cached_property
    def draft(self) -> Draft:
        """The draft begun, brought up to date when only the identity of the CPTS was saved meanwhile."""
        stored = self.request.session.get(self.key)
        if stored is None:
            return Draft.starting(
                rows_on(self.cpts, timezone.localdate()), day=timezone.localdate(), version=self.cpts.version
            )
        draft = Draft.from_data(stored["draft"])
        if draft.version != self.cpts.version and rows_on(self.cpts, draft.day) == draft.base:
            draft.version = self.cpts.version
        return draft

    def keep(self, **remarks: Any) -> None:
        """Store the draft with what the next page has to say about this step."""
        self.request.session[self.key] = {"draft": self.draft.to_data(), **remarks}

    def remarks(self) -> dict[str, Any]:
        """What the last step said: its notice once, the reading of a list until the next step."""
        stored = self.request.session.get(self.key, {})
        remarks = {name: value for name, value in stored.items() if name != "draft"}
        if stored.pop("notice", ""):
            self.request.session.modified = True
        return remarks

    def forget(self) -> None:
        self.request.session.pop(self.key, None)

    def url(self) -> str:
        return reverse("territories:cpts-compose", args=[self.cpts.pk])


class CptsCompose(DraftMixin, Page):
    needs = ("change", "territories.cptscommune")
    template_name = "territories/cpts/compose.html"

    def get_title(self) -> str:
        return f"Composer le territoire de la {self.cpts.full_name}"

    def breadcrumbs(self) -> list[Crumb]:
        return cpts_crumbs(self.cpts)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        target = self.request.htmx.target
        if target in LIVE_SEARCHES:
            return render(request, LIVE_SEARCHES[target], self.searches())
        return super().get(request, *args, **kwargs)

    # --- Reading ------------------------------------------------------------------------------------------------
    @cached_property
    def simulation(self) -> Simulation:
        return compare(self.cpts, self.draft.rows, day=self.draft.day, vintage=self.draft.vintage)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        simulation, later = self.simulation, planned_after(self.cpts, self.draft.day)
        page = Paginator(self.table_rows(), ROWS_PER_PAGE).get_page(self.request.GET.get("page"))
        defaults = {
            "effect_form": EffectForm(
                vintages=loaded_vintages(), initial={"day": self.draft.day, "vintage": self.draft.vintage}
            ),
            "codes_form": CodesForm(),
            "is_stale": self.draft.version != self.cpts.version,
            "refusals": (),
        }
        return super().get_context_data(
            draft=self.draft,
            simulation=simulation,
            added=named(simulation.added),
            removed=named(simulation.removed),
            epci_bars=self.epci_rows(),
            page=page,
            is_past=self.draft.day < timezone.localdate(),
            later=later,
            later_text=later_text(later),
            effects=effect_words(simulation),
            **self.searches(),
            **self.remarks(),
            **{**defaults, **kwargs},
        )

    def searches(self) -> dict[str, Any]:
        """Results of the two searches, empty until something is typed."""
        epci_text, text = self.request.GET.get("epci", "").strip(), self.request.GET.get("q", "").strip()
        day, vintage, members = self.draft.day, self.draft.vintage, self.draft.rows
        communes, more = find_for_territory(text, day, vintage, members, self.cpts) if text else ([], False)
        return {
            "epci_text": epci_text,
            "commune_text": text,
            "found_epci": find_epci(epci_text, day, vintage, members) if epci_text else [],
            "found_communes": communes,
            "more_communes": more,
        }

    def table_rows(self) -> list[tuple[PerimeterRow, str]]:
        """Each commune with what happens to it (« new », « reshared » or nothing), by EPCI then name."""
        new = {row.commune.pk for row in self.simulation.added}
        reshared = {row.commune.pk for _old, row in self.simulation.reshared}
        rows = [
            (row, "new" if row.commune.pk in new else "reshared" if row.commune.pk in reshared else "")
            for row in self.simulation.after.rows
        ]
        return sorted(rows, key=lambda pair: (pair[0].commune.epci is None, fold(str(pair[0].commune.epci))))

    def epci_rows(self) -> list[dict[str, Any]]:
        parts = self.simulation.after.by_epci
        figures = bars(self.simulation.after, parts)
        return [
            {**row, "epci": part.place.pk if part.place else "none"} for row, part in zip(figures, parts, strict=True)
        ]

    # --- Steps --------------------------------------------------------------------------------------------------
    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        steps: dict[str, Callable[[], HttpResponse | None]] = {
            "add-epci": self.add_epci,
            "add-communes": self.add_communes,
            "add-codes": self.add_codes,
            "remove": self.remove,
            "remove-epci": self.remove_epci,
            "share": self.share,
            "effect": self.effect,
            "undo": self.undo,
            "rebase": self.rebase,
            "save": self.save,
        }
        step = steps.get(request.POST.get("action", ""))
        if step is None:
            return HttpResponseBadRequest("Action inconnue.")
        return step() or redirect(self.back())

    def back(self) -> str:
        """The page the step came from: same search, same page of the table."""
        query = self.request.GET.urlencode()
        return f"{self.url()}?{query}" if query else self.url()

    def chosen(self, name: str) -> list[int]:
        return [int(value) for value in self.request.POST.getlist(name) if value.isdecimal()]

    def add_epci(self) -> None:
        epci = get_object_or_404(Epci, pk=(self.chosen("epci") or [0])[0])
        count = self.draft.add(communes_of_epci(epci, self.draft.day), f"ajout {de(epci)}")
        self.keep(notice=f"{epci} : {plural(count, 'commune ajoutée', 'communes ajoutées')}.")

    def add_communes(self) -> None:
        communes = list(Commune.objects.filter(pk__in=self.chosen("commune")))
        replaced = [pk for pk in self.chosen("replaces") if pk in self.draft.rows]
        names = ", ".join(str(commune) for commune in communes[:3])
        if replaced:
            self.draft.remove(replaced, f"remplacement par {names}")
        count = self.draft.add([commune.pk for commune in communes], f"ajout {de(names)}")
        said = names if len(communes) <= 3 else plural(count, "commune")
        self.keep(notice=f"Ajout : {said}." if count else "Ces communes sont déjà dans la liste.")

    def add_codes(self) -> HttpResponse | None:
        form = CodesForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(codes_form=form), status=422)
        reading = read_codes(form.cleaned_data["tokens"], self.draft.day)
        count = self.draft.add([commune.pk for commune in reading.communes], "ajout d’une liste de codes")
        already = len(reading.communes) - count
        self.keep(
            notice=f"Liste lue : {plural(count, 'commune ajoutée', 'communes ajoutées')}.",
            report={
                "already": already,
                "duplicates": sorted(set(reading.duplicates)),
                "padded": reading.padded,
                "problems": [
                    {"code": each.code, "reason": each.reason, "proposal": each.proposal and each.proposal.pk}
                    for each in reading.problems
                ],
                "proposals": [(commune.pk, str(commune)) for commune in reading.proposals],
            },
        )
        return None

    def remove(self) -> None:
        communes = list(Commune.objects.filter(pk__in=self.chosen("commune")))
        names = ", ".join(str(commune) for commune in communes[:3])
        count = self.draft.remove([commune.pk for commune in communes], f"retrait {de(names)}")
        self.keep(notice=f"Retrait : {names}." if count else "")

    def remove_epci(self) -> None:
        chosen = self.request.POST.get("epci", "")
        epci = None if chosen == "none" else get_object_or_404(Epci, pk=(self.chosen("epci") or [0])[0])
        members = Commune.objects.filter(pk__in=list(self.draft.rows), epci=epci).values_list("pk", flat=True)
        name = str(epci or "communes sans EPCI")
        count = self.draft.remove(list(members), f"retrait {de(name)}")
        self.keep(notice=f"{name} : {plural(count, 'commune retirée', 'communes retirées')}.")

    def share(self) -> HttpResponse | None:
        commune = get_object_or_404(Commune, pk=(self.chosen("commune") or [0])[0])
        form = ShareForm(self.request.POST)
        if not form.is_valid():
            error = " ".join(map(str, form.errors["inhabitants"]))
            return self.render_to_response(
                self.get_context_data(problem=f"{commune} – habitants retenus : {error}"), status=422
            )
        inhabitants = form.cleaned_data["inhabitants"]
        said = "commune entière" if inhabitants is None else plural(inhabitants, "habitant retenu", "habitants retenus")
        if self.draft.share(commune.pk, inhabitants, f"part {de(commune)}"):
            self.keep(notice=f"{commune} : {said}.")
        return None

    def effect(self) -> HttpResponse | None:
        form = EffectForm(self.request.POST, vintages=loaded_vintages())
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(effect_form=form), status=422)
        day = form.cleaned_data["day"]
        self.draft.vintage = form.cleaned_data["vintage"]
        if day != self.draft.day:
            self.draft.restart(rows_on(self.cpts, day), day=day, version=self.draft.version)
        self.keep(notice=f"Territoire à partir du {date_fr(day)}.")
        return None

    def undo(self) -> None:
        label = self.draft.undo()
        self.keep(notice=f"Annulé : {label}." if label else "Rien à annuler.")

    def rebase(self) -> None:
        self.draft.restart(rows_on(self.cpts, self.draft.day), day=self.draft.day, version=self.cpts.version)
        self.keep(notice="Vos changements sont repris sur le territoire enregistré.")

    def save(self) -> HttpResponse:
        """A refusal keeps the draft and shows why; the first of two people at once wins, the other is told."""
        draft = self.draft
        try:
            set_territory(self.cpts, rows=draft.rows, day=draft.day, version=draft.version, by=self.request.user)
        except StaleEdit:
            return self.render_to_response(self.get_context_data(is_stale=True), status=409)
        except TerritoryConflict as refusal:
            return self.render_to_response(self.get_context_data(refusals=refusal.conflicts), status=422)
        self.forget()
        after = self.simulation.after
        messages.success(
            self.request,
            f"Le territoire à partir du {date_fr(draft.day)} est enregistré : {plural(after.communes, 'commune')}, "
            f"{plural(after.population, 'habitant')}.",
        )
        url = reverse("territories:cpts-detail", args=[self.cpts.pk])
        return redirect(url if draft.day == timezone.localdate() else f"{url}?jour={draft.day.isoformat()}")


class CptsAbandon(DraftMixin, ConfirmPage):
    """Leave a composition: nothing was saved yet, so nothing is undone but the draft itself."""

    needs = ("change", "territories.cptscommune")
    question = "Abandonner cette composition ?"
    submit_label = "Abandonner"

    def get_title(self) -> str:
        return "Abandonner la composition"

    def breadcrumbs(self) -> list[Crumb]:
        return [*cpts_crumbs(self.cpts), ("Composer le territoire", self.url())]

    def consequences(self) -> list[str]:
        if not self.draft.is_changed:
            return ["Rien n’a été changé : le territoire reste tel qu’il est enregistré."]
        before, after = set(self.draft.base), set(self.draft.rows)
        return [
            f"{plural(len(after - before), 'commune ajoutée sera oubliée', 'communes ajoutées seront oubliées')}, "
            f"{plural(len(before - after), 'commune retirée restera', 'communes retirées resteront')} "
            "dans le territoire.",
            "Le territoire reste tel qu’il est enregistré.",
        ]

    def back(self) -> str:
        return self.url()

    def act(self) -> str:
        self.forget()
        return "La composition est abandonnée ; le territoire n’a pas changé."

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        super().post(request, *args, **kwargs)
        return redirect("territories:cpts-detail", cpts_id=self.cpts.pk)


def named(rows: list[PerimeterRow]) -> dict[str, Any]:
    """The first names of a list and how many more there are."""
    return {
        "count": len(rows),
        "names": [str(row.commune) for row in rows[:NAMES_SHOWN]],
        "more": max(len(rows) - NAMES_SHOWN, 0),
    }
