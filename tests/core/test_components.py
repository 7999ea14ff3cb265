"""The tags of the components that recur: what they draw and what they leave out."""

from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import resolve

from cpts_portal.core.templatetags.components import alert_tone, badge_tone, button_style, tone


def drawn(source: str, **context) -> str:
    return " ".join(Template(source).render(Context(context)).split())


def test_a_card_holds_its_contents_under_its_title():
    card = drawn('{% card "Siège et accueil" id="siege" %}<p>{{ town }}</p>{% endcard %}', town="Lamballe <Armor>")
    assert '<section class="card mb-3" id="siege">' in card
    assert '<h2 class="h5">Siège et accueil</h2>' in card
    assert "<p>Lamballe &lt;Armor&gt;</p>" in card


def test_a_title_that_somebody_typed_is_escaped():
    assert '<h2 class="h5">&lt;b&gt;</h2>' in drawn("{% card title %}{% endcard %}", title="<b>")


def test_a_card_of_a_grid_has_no_margin_and_may_have_no_title():
    card = drawn('{% card space="" %}texte{% endcard %}')
    assert '<section class="card">' in card
    assert "<h2" not in card


def test_an_alert_shows_its_tone_and_nothing_of_the_page_around_it():
    alert = drawn('{% alert "warning" %}{% endalert %}', title="titre de la page", text="texte de la page")
    assert 'class="alert tone-warning"' in alert
    assert "de la page" not in alert


@pytest.mark.parametrize("tag", ['alert "warning"', 'nothing "Rien"'])
def test_what_stands_between_the_tags_is_drawn_and_escaped_once(tag):
    source = "{% " + tag + " %} <ul><li>{{ word }}</li></ul> {% end" + tag.split()[0] + " %}"
    assert "<ul><li>Qualité &amp; &lt;soins&gt;</li></ul>" in drawn(source, word="Qualité & <soins>")


def test_an_empty_state_says_what_to_do():
    empty = drawn('{% nothing "Aucun mandat" action="Donner un mandat" url="/m/" %} Rien encore. {% endnothing %}')
    assert '<p class="empty-title">Aucun mandat</p>' in empty
    assert '<p class="empty-hint">Rien encore.</p>' in empty
    assert '<a class="btn btn-primary" href="/m/">Donner un mandat</a>' in empty


def test_the_foot_of_a_form_has_a_way_out_only_when_it_leads_somewhere():
    assert "Annuler" in drawn('{% actions "Enregistrer" "/retour/" %}')
    assert "Annuler" not in drawn('{% actions "Enregistrer" %}')


def test_the_history_is_that_of_the_page():
    event = SimpleNamespace(when=None, who="", reason="", sentence="CPTS créée.")
    assert "CPTS créée." in drawn("{% history %}", events=[event])
    assert "Rien encore." in drawn('{% history empty_text="Rien encore." %}', events=[])


@pytest.mark.parametrize(
    ("path", "sheets"),
    [
        ("/", "()"),
        ("/missions/1/", "('css/missions.css',)"),
        ("/contrats/1/", "('css/missions.css', 'css/contracts.css')"),
    ],
)
def test_a_page_asks_for_the_sheets_of_its_app(path, sheets):
    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)
    assert Template("{% app_styles as sheets %}{{ sheets|safe }}").render(Context({"request": request})) == sheets


def test_a_page_that_no_address_leads_to_asks_for_none():
    assert drawn("{% app_styles as sheets %}{{ sheets|safe }}", request=RequestFactory().get("/nulle-part/")) == "()"
    assert drawn("{% app_styles as sheets %}{{ sheets|safe }}") == "()"


@pytest.mark.parametrize(
    ("tags", "style"),
    [
        (None, "btn-primary"),
        (["danger"], "btn-danger"),
        (["danger", "outline"], "btn-outline-danger"),
        (["danger", "tool"], "btn-outline-danger btn-sm"),
        (["cancel"], "btn-outline-secondary"),
        (["minor"], "btn-primary btn-sm"),
        (["panel", "minor"], "btn-outline-secondary btn-sm"),
    ],
)
def test_a_button_of_the_login_library_looks_like_ours(tags, style):
    assert button_style(tags) == style


def test_the_tones_of_libraries_are_ours():
    assert [tone(level) for level in ("error", "debug", "success")] == ["danger", "info", "success"]
    assert [alert_tone(tags) for tags in (["error"], ["warning"], ["other"], None)] == [
        "danger",
        "warning",
        "info",
        "info",
    ]
    assert [badge_tone(tags) for tags in (["success", "danger"], ["primary"], None)] == ["success", "info", "neutral"]
