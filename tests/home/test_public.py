"""The public page: from a commune to its CPTS, for anybody, with published facts only."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from territories.models import Commune, Cpts, Stage
from tests import factories as make
from tests.signing import client_of

pytestmark = pytest.mark.django_db
HOME = reverse("home:public")
SUGGESTIONS = reverse("home:public-suggestions")


def ask(client, **query):
    response = client.get(HOME, query)
    assert response.status_code == 200
    return response


def cpts_with_contact(name: str, **fields) -> Cpts:
    fields = {"stage": Stage.SIGNED, "email": "contact@demo.example", "phone": "02 96 00 00 00", **fields}
    return make.cpts(name, **fields)


def test_a_commune_leads_to_the_contact_of_its_cpts(client):
    seat = make.commune(code="22093", name="Lamballe-Armor", postal_codes="22400")
    held = cpts_with_contact("du Penthièvre", address="1 rue du Port", seat=seat, website="https://www.example.org")
    make.in_territory(held, seat)
    for text in ("lamballe armor", "22400", "22093"):
        response = ask(client, q=text)
        (holder,) = response.context["main"].holders
        assert holder.cpts == held
        assert holder.contact_rows == [
            "1 rue du Port, 22400 Lamballe-Armor",
            "contact@demo.example",
            "02 96 00 00 00",
            "https://www.example.org",
        ]
        page = response.content.decode()
        assert [text in page for text in ("mailto:contact@demo.example", "tel:0296000000")] == [True, True]


def test_a_shared_commune_shows_every_cpts_and_no_private_figure(client):
    city = make.commune(name="Rennes", population=230_000)
    make.in_territory(cpts_with_contact("Nord"), city, inhabitants=81_234)
    make.in_territory(cpts_with_contact("Sud"), city, inhabitants=61_234)
    response = ask(client, q="Rennes")
    assert [holder.cpts.name for holder in response.context["main"].holders] == ["Nord", "Sud"]
    assert [figure in response.content.decode() for figure in ("81\u202f234", "81234", "61\u202f234")] == [False] * 3


def test_a_commune_without_cpts_leads_to_the_agencies_of_its_department(client):
    commune = make.commune(name="Blanche")
    make.agency("cpam", "CPAM des Côtes-d’Armor", (commune.department,))
    make.agency("ars", "ARS Bretagne", (commune.department,))
    closed = make.agency("cpam", "CPAM fermée", (commune.department,))
    closed.is_active = False
    closed.save()
    response = ask(client, q="blanche")
    assert [agency.name for agency in response.context["main"].agencies] == ["ARS Bretagne", "CPAM des Côtes-d’Armor"]
    assert "Pas encore de CPTS" in response.content.decode()


def test_a_cpts_in_emergence_is_named_without_contact_and_the_agencies_are_given(client):
    commune = make.commune(name="Naissante")
    make.agency("ars", "ARS Bretagne", (commune.department,))
    make.in_territory(cpts_with_contact("Future", stage=Stage.EMERGENCE, email="secret@demo.example"), commune)
    page = ask(client, q="naissante").content.decode()
    assert [text in page for text in ("CPTS Future", "ARS Bretagne", "secret@demo.example", "02 96 00 00 00")] == [
        True,
        True,
        False,
        False,
    ]


def test_nobody_is_named_on_the_public_page(client):
    commune = make.commune(name="Plouha")
    held = cpts_with_contact("du Goëlo")
    make.in_territory(held, commune)
    person = make.coordinator(held, first_name="Maëlle", last_name="Quintin", email="maelle@example.org")
    page = ask(client, q="plouha").content.decode()
    assert [text in page for text in (person.first_name, person.last_name, person.email)] == [False] * 3


def test_homonyms_are_listed_with_their_department_and_never_chosen_for_the_reader(client):
    west = make.department("22", "Côtes-d’Armor")
    east = make.department("35", "Ille-et-Vilaine")
    first = make.commune(code="22001", name="Sainte-Colombe", department=west, population=500)
    second = make.commune(code="35001", name="Sainte-Colombe", department=east, population=300)
    make.in_territory(cpts_with_contact("de l’Est"), second)
    response = ask(client, q="ste colombe")
    assert response.context["main"] is None
    assert [answer.commune for answer in response.context["others"]] == [first, second]
    page = response.content.decode()
    assert [name in page for name in ("Côtes-d’Armor (22)", "Ille-et-Vilaine (35)", "pas encore de CPTS")] == [True] * 3
    chosen = ask(client, q="ste colombe", commune=second.pk)
    assert [holder.cpts.name for holder in chosen.context["main"].holders] == ["de l’Est"]


def test_an_exact_name_is_answered_and_the_longer_ones_listed(client):
    make.commune(name="Rennes", population=230_000)
    make.commune(name="Rennes-les-Bains", population=200)
    context = ask(client, q="rennes").context
    assert context["main"].commune.name == "Rennes"
    assert [answer.commune.name for answer in context["others"]] == ["Rennes-les-Bains"]


def test_an_old_name_leads_to_the_commune_of_today(client):
    today = make.commune(name="Lamballe-Armor")
    former = make.commune(name="Morieux", ended_on=date(2019, 1, 1), successor=today)
    make.commune(name="Maroué", kind=Commune.Kind.DELEGATED, parent=today)
    for text in ("morieux", "maroue"):
        assert ask(client, q=text).context["main"].commune == today
    assert ask(client, commune=former.pk).context["main"].commune == today
    assert "Morieux fait aujourd’hui partie de Lamballe-Armor." in ask(client, q="morieux").content.decode()


TOO_LONG = "Ce texte est trop long : tapez seulement le nom de la commune ou son code postal."


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "Tapez le nom d’une commune ou un code postal."),
        ("😀", "Tapez le nom d’une commune (des lettres) ou un code postal (des chiffres)."),
        ("é" * 300, TOO_LONG),
    ],
)
def test_a_text_that_names_nothing_says_what_to_type_and_comes_back(client, text, error):
    response = ask(client, q=text)
    assert (response.context["error"], response.context["q"]) == (error, text)
    assert f'value="{text}"' in response.content.decode()


@pytest.mark.parametrize("query", [{"q": "a"}, {"q": "introuvable"}, {"q": "<script>"}])
def test_a_text_that_no_commune_bears_says_so(client, query):
    make.commune(name="Plouha")
    response = ask(client, **query)
    assert "Aucune commune trouvée" in response.content.decode()
    assert "<script>" not in response.context["form"].data["q"] or 'value="<script>' not in response.content.decode()


@pytest.mark.parametrize("commune", ["x", "0", "99999999999999999999", "123456"])
def test_an_unreadable_commune_number_counts_as_none(client, commune):
    assert ask(client, q="plouha", commune=commune).context["main"] is None


def test_the_first_visit_shows_the_question_only(client):
    make.commune()
    context = ask(client).context
    assert (context["main"], context["others"], context["error"], context["asked"]) == (None, [], "", False)


def test_suggestions_follow_the_typing(client):
    commune = make.commune(name="Saint-Brieuc", population=44_000)
    make.commune(name="Saint-Quay-Portrieux", population=3_000)
    page = client.get(SUGGESTIONS, {"q": "st br"}).content.decode()
    assert f"{HOME}?commune={commune.pk}&amp;q=Saint-Brieuc" in page
    assert "Saint-Quay" not in page
    for text in ("", "s", "😀", "x" * 300):
        assert client.get(SUGGESTIONS, {"q": text}).content.decode().strip() == ""


def test_a_person_who_is_logged_in_finds_the_way_to_her_dashboard(client):
    link = f'href="{reverse("home:dashboard")}"'
    with_account = client_of(make.coordinator(make.cpts())).get(HOME).content.decode()
    assert [link in client.get(HOME).content.decode(), link in with_account] == [False, True]


@pytest.mark.parametrize("name", ["public", "public-suggestions", "accessibility", "legal"])
def test_public_pages_answer_without_login_and_refuse_a_post(client, name):
    address = reverse(f"home:{name}")
    assert (client.get(address).status_code, client.post(address).status_code) == (200, 405)


def test_the_legal_page_marks_what_the_publisher_has_not_filled_in(client, settings):
    address = reverse("home:legal")
    settings.PUBLISHER = dict.fromkeys(settings.PUBLISHER, "")
    assert client.get(address).content.decode().count("À compléter par l’éditeur") == 6
    settings.PUBLISHER = {**settings.PUBLISHER, "name": "Association Exemple"}
    page = client.get(address).content.decode()
    assert (page.count("À compléter par l’éditeur"), page.count("Association Exemple")) == (5, 1)


def test_the_number_of_queries_does_not_depend_on_the_communes_found(client):
    def add_commune(number: int) -> None:
        code = f"{30 + number}001"
        commune = make.commune(code=code, name="Sainte-Colombe")
        make.agency("ars", f"ARS {number}", (commune.department,))
        make.in_territory(cpts_with_contact(f"n° {number}", seat=commune), commune)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            ask(client, q="sainte colombe")
        return len(captured)

    add_commune(1)
    with_one = queries()
    add_commune(2)
    add_commune(3)
    assert queries() == with_one


def test_what_a_page_does_not_find_is_told_in_french_in_development_too(client, settings):
    settings.DEBUG = True
    client.force_login(make.administrator())
    answer = client.get(reverse("territories:commune", args=[999_999]))
    assert answer.status_code == 404
    assert '<html lang="fr"' in answer.content.decode()
