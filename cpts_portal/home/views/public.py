"""Pages for everybody, without login: find the CPTS of a commune, accessibility, legal notice."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from cpts_portal.home.forms import PublicSearchForm
from cpts_portal.home.legal import PUBLISHER_FIELDS, SOURCES
from cpts_portal.pages import Page
from territories.map.directory import Answer, Match, answers, commune_by_id, matches, split_answers

SUGGESTIONS = 8


class PublicHome(Page):
    """A GET form: `q` is what was typed, `commune` the one chosen among homonyms."""

    template_name = "home/public.html"
    public = True
    title = "Trouver la CPTS d’une commune"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = PublicSearchForm(self.request.GET or None)
        main, others, has_more = self.find(form)
        return super().get_context_data(
            form=form,
            q=self.request.GET.get("q", "") if main is None or not form.is_valid() else form.cleaned_data["q"],
            main=main,
            others=others,
            has_more=has_more,
            error=form.errors.get("q", [""])[0] if form.is_bound else "",
            asked=form.is_bound and form.is_valid() and form.has_question(),
            suggestions_url=reverse("home:public-suggestions"),
            **kwargs,
        )

    def find(self, form: PublicSearchForm) -> tuple[Answer | None, list[Answer], bool]:
        """The commune to show in full, the others that the text may mean, and whether there are still more."""
        if not form.is_bound or not form.is_valid():
            return None, [], False
        today = timezone.localdate()
        chosen = commune_by_id(form.cleaned_data["commune"])
        if chosen:
            return next(iter(answers([Match(chosen, is_exact=True)], today))), [], False
        matched, has_more = matches(form.cleaned_data["q"])
        main, others = split_answers(matched)
        rows = {answer.commune.pk: answer for answer in answers([*main, *others], today)}
        shown = rows[main[0].commune.pk] if main else None
        return shown, [rows[match.commune.pk] for match in others], has_more


class PublicSuggestions(Page):
    """The list under the search box, as somebody types; the page works without it."""

    template_name = "home/_suggestions.html"
    public = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = PublicSearchForm(self.request.GET)
        matched: list[Match] = []
        if form.is_valid() and len(form.cleaned_data["q"]) > 1:
            matched, _ = matches(form.cleaned_data["q"], SUGGESTIONS)
        return super().get_context_data(suggestions=matched, **kwargs)


class Accessibility(Page):
    template_name = "home/accessibility.html"
    public = True
    title = "Accessibilité"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(contact=settings.PUBLISHER["contact"], **kwargs)


class Legal(Page):
    template_name = "home/legal.html"
    public = True
    title = "Mentions légales"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [(label, settings.PUBLISHER[name]) for name, label in PUBLISHER_FIELDS]
        return super().get_context_data(publisher=rows, sources=SOURCES, **kwargs)
