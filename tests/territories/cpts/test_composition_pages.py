"""Composing a territory: every way to add, what it changes, what forbids it, saving, undoing, leaving."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from territories.models import Cpts, CptsCommune, Population
from territories.perimeter import perimeter_of
from tests import factories
from tests.territories.cpts.composition import Composition

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def screen(client, ours):
    return Composition(client, ours)


def saved(cpts: Cpts, day: date | None = None) -> dict[str, int | None]:
    return {row.commune.code: row.inhabitants for row in perimeter_of(cpts, day=day or timezone.localdate()).rows}


def test_a_whole_epci_is_found_by_name_added_and_saved(screen, ours):
    epci = factories.epci(name="CA Lamballe Terre et Mer")
    for code in ("22001", "22002"):
        factories.commune(code, epci=epci, population=500)
    factories.commune("22003", epci=epci, ended_on=date(2020, 1, 1))
    (found,) = screen.get(epci="lamballe mer").context["found_epci"]
    assert (found.epci, found.communes, found.population, found.already) == (epci, 2, 1000, 0)
    assert screen.step("add-epci", epci=epci.pk).status_code == 302
    assert screen.codes() == ["22001", "22002"]
    assert saved(ours) == {}
    response = screen.step("save")
    assert response.headers["Location"] == reverse("territories:cpts-detail", args=[ours.pk])
    assert saved(ours) == {"22001": None, "22002": None}
    assert CptsCommune.history.first().history_user.get_full_name() in screen.client.get(response.url).content.decode()


@pytest.mark.parametrize("text", ["etables", "ÉTABLES", "22055", "22680"])
def test_communes_are_found_by_name_code_or_postal_code_without_accents(screen, text):
    found = factories.commune("22055", "Étables-sur-Mer", postal_codes="22680")
    factories.commune("22056", "Binic")
    factories.commune("22057", "Étables-l’Ancienne", postal_codes="22680", ended_on=date(2016, 1, 1))
    assert [each.commune for each in screen.get(q=text).context["found_communes"]] == [found]


def test_live_search_answers_with_its_results_only(screen):
    factories.commune("22055", "Étables-sur-Mer")
    headers = {"HX-Request": "true", "HX-Target": "commune-results"}
    response = screen.client.get(screen.url, {"q": "etables"}, headers=headers)
    assert response.templates[0].name == "territories/cpts/_found_communes.html"
    assert "Étables-sur-Mer" in response.content.decode()


def test_a_pasted_list_is_read_whatever_its_separators_and_nothing_is_dropped_in_silence(screen):
    heir = factories.commune("22093", "Lamballe-Armor")
    factories.commune("22153", "Morieux", ended_on=date(2019, 1, 1), successor=heir)
    for code in ("01001", "2A004", "22001"):
        factories.commune(code)
    response = screen.step("add-codes", codes="1001;22001\n2a004, 22001\t99999 22153\nCode;Nom\nbonjour à tous")
    assert response.status_code == 302
    assert sorted(screen.codes()) == ["01001", "22001", "2A004"]
    report = screen.get().context["report"]
    assert report["duplicates"] == ["22001"]
    assert report["padded"] == [["1001", "01001"]]
    assert {each["code"]: each["reason"] for each in report["problems"]} == {
        "bonjour à tous": "ce n’est pas un code INSEE (5 caractères, par exemple 22093 ou 2A004)",
        "99999": "aucune commune ne porte ce code",
        "22153": "Morieux (22153) n’existe plus depuis le 1er janvier 2019 : prenez Lamballe-Armor (22093), "
        "qui lui succède.",
    }
    screen.step("add-communes", commune=[pk for pk, _name in report["proposals"]])
    assert "22093" in screen.codes()


@pytest.mark.parametrize("kind", ["csv", "cp1252", "xlsx"])
def test_a_small_file_of_codes_is_read(screen, kind):
    for code in ("01001", "22093"):
        factories.commune(code)
    rows = [["Nom", "Code INSEE", "Habitants"], ["Été", "1001", "12"], ["Lamballe", "22093", "17000"]]
    text = "\r\n".join(";".join(row) for row in rows)
    content = text.encode("cp1252" if kind == "cp1252" else "utf-8-sig")
    if kind == "xlsx":
        book, stream = Workbook(), BytesIO()
        for row in rows:
            book.active.append(row)
        book.save(stream)
        content = stream.getvalue()
    screen.step("add-codes", file=SimpleUploadedFile("territoire.csv", content))
    assert sorted(screen.codes()) == ["01001", "22093"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Le fichier est vide"),
        (b"nom;population\nA;12\n", "Aucune colonne de codes INSEE"),
        (b"%PDF-1.7", "document PDF"),
        (b"PK\x03\x04rien", "pas un classeur Excel"),
        (b"\x00\x01\x02", "pas un fichier texte"),
    ],
)
def test_a_file_that_holds_no_codes_comes_back_with_the_reason(screen, content, reason):
    response = screen.step("add-codes", file=SimpleUploadedFile("liste.csv", content), codes="")
    assert response.status_code == 422
    assert reason in " ".join(response.context["codes_form"].errors["file"])


def test_an_empty_list_of_codes_is_refused(screen):
    response = screen.step("add-codes", codes=" \n ")
    assert response.status_code == 422
    assert response.context["codes_form"].non_field_errors() == [
        "Collez des codes de communes, ou choisissez un fichier."
    ]


def test_what_changes_is_shown_before_saving(screen, ours):
    factories.in_territory(ours, factories.commune("22001", population=39_000))
    coming = factories.commune("22002", population=1500)
    screen.step("add-communes", commune=coming.pk)
    effects = screen.get().context["effects"]
    assert effects["population"] == "avant : 39\u202f000 (+1\u202f500)"
    assert effects["size_change"].startswith("De la taille 1")
    assert "500\u00a0habitants au-dessus du seuil de la taille 2" in effects["near"]


def test_another_vintage_shows_the_new_total(screen, ours):
    commune = factories.commune("22001", population=1000)
    Population.objects.create(commune=commune, vintage=2024, municipal=800)
    factories.in_territory(ours, commune)
    screen.step("effect", day=timezone.localdate().isoformat(), vintage="2024")
    simulation = screen.get().context["simulation"]
    assert (simulation.before.population, simulation.after.population) == (1000, 800)


def test_a_conflict_names_the_other_cpts_and_forbids_saving(screen, ours):
    taken = factories.commune("22001", "Lamballe")
    factories.in_territory(factories.cpts("du Voisin"), taken)
    screen.step("add-communes", commune=taken.pk)
    text = screen.text()
    assert "Lamballe (22001) appartient entièrement à la CPTS du Voisin" in text
    assert 'value="save" type="submit" disabled' in text
    response = screen.step("save")
    assert response.status_code == 422
    assert saved(ours) == {}
    assert screen.codes() == ["22001"]


def test_a_shared_commune_takes_a_number_of_inhabitants(screen, ours):
    rennes = factories.commune("35238", "Rennes", population=1000)
    factories.in_territory(factories.cpts("du Voisin"), rennes, inhabitants=700)
    screen.step("add-communes", commune=rennes.pk)
    assert "Indiquez le nombre d’habitants que vous prenez" in screen.text()
    screen.step("share", commune=rennes.pk, inhabitants="400")
    assert "au plus 300, pas 400" in screen.text()
    screen.step("share", commune=rennes.pk, inhabitants="300")
    assert screen.step("save").status_code == 302
    assert saved(ours) == {"35238": 300}


@pytest.mark.parametrize("wrong", ["0", "-4", "beaucoup"])
def test_a_meaningless_share_is_refused(screen, ours, wrong):
    rennes = factories.commune("35238", population=1000)
    factories.in_territory(ours, rennes)
    response = screen.step("share", commune=rennes.pk, inhabitants=wrong)
    assert response.status_code == 422
    assert "habitants retenus" in response.context["problem"]


def test_steps_are_undone_one_by_one(screen, ours):
    epci = factories.epci()
    first, second = (factories.commune(code, epci=epci) for code in ("22001", "22002"))
    third = factories.commune("22003")
    factories.in_territory(ours, first)
    states = [screen.codes()]
    for action, fields in [
        ("add-communes", {"commune": [second.pk, third.pk]}),
        ("remove", {"commune": third.pk}),
        ("remove-epci", {"epci": epci.pk}),
        ("add-epci", {"epci": epci.pk}),
        ("share", {"commune": first.pk, "inhabitants": "3"}),
    ]:
        screen.step(action, **fields)
        states.append(screen.codes())
    assert states[1:5] == [["22001", "22002", "22003"], ["22001", "22002"], [], ["22001", "22002"]]
    for expected in reversed(states[:-1]):
        screen.step("undo")
        assert screen.codes() == expected
    screen.step("undo")
    assert "Rien à annuler" in screen.text()


def test_the_draft_survives_reload_and_is_forgotten_when_left(screen, ours):
    commune = factories.commune("22001")
    screen.step("add-communes", commune=commune.pk)
    assert screen.codes() == screen.codes() == ["22001"]
    leave = reverse("territories:cpts-abandon", args=[ours.pk])
    assert "commune ajoutée sera oubliée" in screen.client.get(leave).content.decode()
    assert screen.codes() == ["22001"]
    assert screen.client.post(leave).status_code == 302
    assert screen.codes() == []


def test_a_notice_is_said_once(screen):
    screen.step("add-communes", commune=factories.commune("22001", "Andel").pk)
    assert ["Ajout : Andel (22001)." in screen.text() for _ in range(2)] == [True, False]


def test_a_change_at_another_date_leaves_today_unchanged(screen, ours):
    first, second = factories.commune("22001"), factories.commune("22002")
    factories.in_territory(ours, first)
    later = timezone.localdate() + timedelta(days=40)
    screen.step("effect", day=later.isoformat(), vintage="")
    screen.step("add-communes", commune=second.pk)
    response = screen.step("save")
    assert response.url.endswith(f"?jour={later.isoformat()}")
    assert saved(ours) == {"22001": None}
    assert saved(ours, later) == {"22001": None, "22002": None}
    assert "Des changements sont déjà prévus" in screen.text()


@pytest.mark.parametrize("day", ["", "31/02/2026", "0206-01-01"])
def test_a_wrong_date_comes_back(screen, day):
    response = screen.step("effect", day=day, vintage="")
    assert response.status_code == 422
    assert list(response.context["effect_form"].errors) == ["day"]


def test_changing_the_date_keeps_the_changes_made(screen, ours):
    first, second, third = (factories.commune(code) for code in ("22001", "22002", "22003"))
    factories.in_territory(ours, first, start=date(2020, 1, 1), end=date(2024, 1, 1))
    factories.in_territory(ours, second, start=date(2020, 1, 1))
    screen.step("add-communes", commune=third.pk)
    screen.step("remove", commune=second.pk)
    screen.step("effect", day="2023-01-01", vintage="")
    assert screen.codes() == ["22001", "22003"]
    assert "Vous changez le passé" in screen.text()


def test_somebody_else_saved_meanwhile_nothing_is_lost(screen, ours):
    mine, theirs = factories.commune("22001"), factories.commune("22002")
    screen.step("add-communes", commune=mine.pk)
    factories.in_territory(ours, theirs)
    Cpts.directory.filter(pk=ours.pk).update(version=7)
    response = screen.step("save")
    assert response.status_code == 409
    assert "enregistré par quelqu’un d’autre" in response.content.decode()
    screen.step("rebase")
    assert screen.codes() == ["22001", "22002"]
    assert screen.step("save").status_code == 302
    assert saved(ours) == {"22001": None, "22002": None}


def test_saving_the_identity_meanwhile_disturbs_nobody(screen, ours):
    screen.step("add-communes", commune=factories.commune("22001").pk)
    Cpts.directory.filter(pk=ours.pk).update(version=7)
    assert screen.step("save").status_code == 302
    assert saved(ours) == {"22001": None}


@pytest.mark.parametrize("who", ["board_member", "ars_agent", "fund_agent", "observer"])
def test_only_the_coordination_and_the_administration_compose(client, ours, who):
    place = {"board_member": [ours], "ars_agent": [ours.ars], "fund_agent": [ours.lead_fund]}.get(who, [])
    client.force_login(getattr(factories, who)(*place))
    commune = factories.commune()
    for name in ("cpts-compose", "cpts-abandon"):
        url = reverse(f"territories:{name}", args=[ours.pk])
        assert client.get(url).status_code == 403
        assert client.post(url, {"action": "add-communes", "commune": commune.pk}).status_code == 403
    assert saved(ours) == {}


def test_a_coordinator_cannot_compose_for_another_cpts(screen):
    other = factories.cpts("du Voisin")
    screen.url = reverse("territories:cpts-compose", args=[other.pk])
    assert screen.step("add-communes", commune=factories.commune().pk).status_code == 404
    assert screen.step("save").status_code == 404


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"action": "destroy"}, 400),
        ({"action": "add-epci", "epci": "999999"}, 404),
        ({"action": "add-epci", "epci": "x"}, 404),
        ({"action": "share", "commune": ""}, 404),
        ({"action": "remove", "commune": "²"}, 302),
        ({"action": "add-communes", "commune": "999999"}, 302),
    ],
)
def test_a_request_that_means_nothing_breaks_nothing(screen, fields, status):
    assert screen.client.post(screen.url, fields).status_code == status
    assert screen.codes() == []


def test_wrong_verbs_are_refused(screen):
    assert screen.client.delete(screen.url).status_code == 405
    assert screen.client.put(screen.url).status_code == 405
