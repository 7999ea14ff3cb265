"""Filters and tags that the templates use everywhere."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import django_filters
import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory

from cpts_portal.core.templatetags import ui
from territories.models import Region


def rendered(source: str, path: str = "/", **context) -> str:
    request = RequestFactory().get(path)
    return Template(source).render(Context({"request": request, **context}))


class Contact(forms.Form):
    name = forms.CharField(label="Nom", help_text="Prénom et nom")
    email = forms.EmailField(label="Adresse", required=False)
    stage = forms.ChoiceField(label="Étape", choices=[("a", "En projet")], widget=forms.RadioSelect)
    agree = forms.BooleanField(label="D'accord")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


class Regions(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Nom", method="same")
    code = django_filters.ChoiceFilter(label="Région", choices=[("53", "Bretagne"), ("28", "Normandie")])
    since = django_filters.DateFromToRangeFilter(label="Depuis", method="same")
    area = django_filters.ModelMultipleChoiceFilter(label="Voisines", queryset=Region.objects.all(), method="same")

    class Meta:
        model = Region
        fields: list[str] = []

    def same(self, queryset, name, value):
        return queryset


def chips(**data) -> list[tuple[str, str]]:
    return [(chip.label, chip.value) for chip in ui.active_filters(Regions(data, queryset=Region.objects.none()))]


@pytest.mark.parametrize(
    ("value", "expected"), [(None, "0.00"), (12.5, "12.50"), (-3, "0.00"), (140, "100.00"), (100, "100.00")]
)
def test_percentages_stay_between_0_and_100_and_take_a_point(value, expected):
    assert ui.percent_css(value) == expected


def test_initials_of_a_person_are_those_of_her_two_first_words():
    assert ui.initials(SimpleNamespace(get_full_name=lambda: "Camille Le Goff")) == "CL"


def test_a_moment_is_written_in_paris_time_and_a_day_without_hour():
    assert ui.day_and_time(datetime(2026, 11, 22, 13, 5, tzinfo=UTC)) == "22 novembre 2026 à 14\u202fh\u202f05"
    assert ui.day_and_time(date(2026, 1, 1)) == "1er janvier 2026"
    assert ui.day_and_time(datetime(2026, 7, 1, 7, 5, tzinfo=UTC)) == "1er juillet 2026 à 9\u202fh\u202f05"
    assert ui.day_and_time(None) == "–"


def test_library_texts_get_french_typography_and_stay_escaped():
    assert ui.french("Aucune clé n'a été ajoutée. Vraiment ?") == "Aucune clé n’a été ajoutée. Vraiment\u00a0?"
    assert rendered("{{ text|french }}", text="<b>l'un</b>") == "&lt;b&gt;l’un&lt;/b&gt;"


def test_query_with_keeps_the_other_parameters_and_drops_the_empty_ones():
    source = '{% query_with "sort" "-name" "page" "" %}'
    assert rendered(source, "/?q=a%26b&page=3&sort=name") == "?q=a%26b&amp;sort=-name"


def test_query_without_goes_back_to_the_first_page():
    assert rendered("{% query_without names %}", "/?q=x&kind=COM&page=4", names=["kind"]) == "?q=x"


def test_long_paginations_show_the_ends_and_the_neighbours():
    page = Paginator(range(1000), 25).page(7)
    assert ui.page_numbers(page) == [1, "…", 6, 7, 8, "…", 40]


def test_filters_in_force_read_as_words():
    assert chips(q="bre", code="53", since_after="2026-01-01") == [
        ("Nom", "bre"),
        ("Région", "Bretagne"),
        ("Depuis", "à partir du 1er janvier 2026"),
    ]


def test_a_range_reads_in_french_whatever_bound_is_given():
    assert chips(since_before="2026-05-02") == [("Depuis", "jusqu’au 2 mai 2026")]
    assert chips(since_after="2026-01-01", since_before="2026-05-02") == [
        ("Depuis", "du 1er janvier 2026 au 2 mai 2026")
    ]
    assert ui._shown_range("500", "", days=False) == "à partir de 500"


def test_an_unused_or_wrong_filter_is_not_announced():
    assert chips() == []
    assert chips(q="", code="99") == []


@pytest.mark.django_db
def test_a_filter_on_objects_names_them():
    made = Region.objects.create(code="T1", name="Région d’essai")
    assert chips(area=[str(made.pk)]) == [("Voisines", str(made))]


def test_lifting_a_range_filter_drops_both_its_bounds():
    found = ui.active_filters(Regions({"since_after": "2026-01-01"}, queryset=Region.objects.none()))
    assert found[0].names == ("since", "since_after", "since_before")


def test_the_note_on_compulsory_fields_is_said_once_and_fits_the_form():
    class OnlyRequired(forms.Form):
        a = forms.CharField()
        b = forms.CharField()

    class Optional(forms.Form):
        a = forms.CharField(required=False)
        b = forms.CharField(required=False)

    assert ui.required_note(Contact()) == "Les champs marqués d’un astérisque\u00a0(*) sont obligatoires."
    assert ui.required_note(OnlyRequired()) == "Tous les champs sont obligatoires."
    assert ui.required_note(Optional()) == ""
    assert str(OnlyRequired()).count("field-mark") == 0
    assert str(Contact()).count("field-mark") == 3


def test_each_kind_of_widget_gets_its_bootstrap_class():
    form = Contact()
    assert 'class="form-control"' in str(form["name"])
    assert 'class="form-check-input"' in str(form["agree"])
    assert all('class="form-check-input"' in choice.tag() for choice in form["stage"].subwidgets)
    assert "class=" not in str(form["token"])


def test_a_class_asked_by_the_form_is_kept():
    form = Contact()
    form.fields["name"].widget.attrs["class"] = "big"
    assert 'class="big form-control"' in str(form["name"])


def test_a_refused_field_is_tied_to_its_help_and_its_error():
    html = Contact({"email": "x"})["name"].as_field_group()
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert "is-invalid" in html


def test_the_error_summary_counts_the_errors_and_leads_to_the_fields():
    form = Contact({"email": "x"})
    html = str(form)
    assert "4\u00a0erreurs à corriger" in html
    assert 'href="#id_name"' in html
    assert 'href="#id_stage_0"' in html
    assert "data-focus" in html
    assert "data-focus" not in str(Contact())


def test_a_library_form_speaks_with_our_words():
    form = Contact({"stage": "a"})
    form.fields["name"].widget.attrs["placeholder"] = "Name"
    html = ui.labelled(form["name"], "Nom de la personne")
    assert "Nom de la personne" in html
    assert "placeholder" not in html
    assert "Nom de la personne" in rendered('{% include "ui/form_intro.html" %}', form=form)
