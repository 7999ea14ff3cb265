"""The register list, its exports, bulk actions and saved searches: what each person sees and may do."""

import csv
import io
from datetime import date
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from cpts_portal.core.scoping import everything
from members.membership.adhesion import give_mandate
from members.models import Contact, Mandate, Membership, PersonalDataExport, SavedFilter
from tests import factories
from tests.member_factories import campaign, college, member, member_structure, profession, professional

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    return factories.cpts("du Penthièvre")


@pytest.fixture
def coordinator(client, ours):
    person = factories.coordinator(ours)
    client.force_login(person)
    return person


def url(name: str, *args: int) -> str:
    return reverse(f"members:{name}", args=args)


def shown(client, ours, query: str = "") -> list[str]:
    response = client.get(f"{url('register', ours.pk)}?{query}")
    assert response.status_code == 200
    return names_on(response)


def names_on(response) -> list[str]:
    with everything("reading the table that was shown"):
        return [row.record.name for row in response.context["table"].paginated_rows]


def words_of(response) -> str:
    return response.content.decode().replace("\u00a0", " ")


def exported(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


# --- Who may come -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["coordinator", "board_member"])
def test_the_inside_of_a_cpts_reads_its_register(client, ours, who):
    client.force_login(getattr(factories, who)(ours))
    member(ours, civil_last_name="Zola")
    response = client.get(url("register", ours.pk))
    assert response.status_code == 200
    page = response.content.decode()
    assert "Zola" in page
    assert (url("bulk-departure", ours.pk) in page) == (who == "coordinator")
    assert client.get(url("bulk-departure", ours.pk) + "?all=1").status_code == (200 if who == "coordinator" else 403)


@pytest.mark.parametrize("who", ["ars_agent", "fund_agent", "observer", "administrator"])
def test_agencies_observers_and_administrators_do_not_read_names(client, ours, who):
    place = {"ars_agent": [ours.ars], "fund_agent": [ours.lead_fund]}
    client.force_login(getattr(factories, who)(*place.get(who, [])))
    for name in ("register", "bulk-college", "bulk-departure", "bulk-export", "saved-filter-add"):
        assert client.get(url(name, ours.pk)).status_code == 403


def test_the_register_of_another_cpts_does_not_exist(client, ours, coordinator):
    other = factories.cpts()
    member(other, civil_last_name="Voisine")
    response = client.get(url("register", other.pk))
    assert response.status_code == 404
    assert "Vous agissez pour" in response.content.decode()
    assert shown(client, ours, "situation=all") == []


def test_a_coordinator_who_is_an_agent_elsewhere_does_not_read_that_register(client, ours, coordinator):
    other = factories.cpts()
    agent = factories.ars_agent(other.ars).accesses.get()
    agent.user = coordinator
    agent.save()
    assert client.get(reverse("territories:cpts-detail", args=[other.pk])).status_code == 200
    assert client.get(url("register", other.pk)).status_code == 403


def test_nobody_reads_without_login(client, ours):
    for name in ("register", "bulk-college", "bulk-export", "saved-filter-add"):
        assert client.get(url(name, ours.pk)).status_code == 302


# --- List ---------------------------------------------------------------------------------------------------------
def test_the_form_asks_what_it_says(client, ours, coordinator):
    lamballe = factories.commune("22093", "Lamballe-Armor", epci=factories.epci())
    factories.in_territory(ours, lamballe)
    group, doctor = college(ours), profession("10")
    person = member(ours, civil_last_name="Zola", commune=lamballe, profession=doctor, college=group).professional
    member_structure(ours, name="EHPAD", kind="care_home")
    member(ours, civil_last_name="Ancien", start=date(2020, 1, 1), end=date(2021, 1, 1))
    with everything("test data"):
        give_mandate(person, office="president", start=date(2024, 1, 1), by=None)
    campaign(ours, 2026, due_on=date(2026, 3, 31))
    expected = {
        "": ["EHPAD", "Zola"],
        "situation=left": ["Ancien"],
        "situation=all": ["Ancien", "EHPAD", "Zola"],
        "on=2020-06-01": ["Ancien"],
        "q=ZÔLA": ["Zola"],
        "q=lamballe": ["Zola"],
        f"profession={doctor.pk}": ["Zola"],
        f"college={group.pk}": ["Zola"],
        "college=0": ["EHPAD"],
        f"commune={lamballe.pk}": ["Zola"],
        "commune=-1": [],
        f"epci={lamballe.epci_id}": ["Zola"],
        "mode=L": ["Zola"],
        "mode=S": [],
        "kind=person": ["Zola"],
        "kind=structure": ["EHPAD"],
        "kind=care_home": ["EHPAD"],
        "mandate=president": ["Zola"],
        "dues=late&year=2026": ["EHPAD", "Zola"],
        "dues=paid&year=2026": [],
        "sort=-name": ["Zola", "EHPAD"],
        "sort=profession": ["EHPAD", "Zola"],
        f"q=zola&kind=person&commune={lamballe.pk}&mandate=any&dues=owing&year=2026": ["Zola"],
        "profession=inconnue&on=demain&commune=0": ["EHPAD", "Zola"],
    }
    assert {query: shown(client, ours, query) for query in expected} == expected


def test_counts_by_profession_lead_to_their_rows(client, ours, coordinator):
    doctor = profession("10")
    member(ours, civil_last_name="Zola", profession=doctor)
    member(ours, civil_last_name="Élan")
    member_structure(ours, name="EHPAD")
    context = client.get(url("register", ours.pk) + "?q=&sort=-name").context
    groups = {group.label: (group.count, link) for group, link in context["groups"]}
    assert {label: count for label, (count, _link) in groups.items()} == {"Médecins": 1, "Infirmiers": 1, "EHPAD": 1}
    for label, names in {"Médecins": ["Zola"], "EHPAD": ["EHPAD"]}.items():
        page = client.get(groups[label][1])
        assert names_on(page) == names


def test_the_list_takes_ten_queries_for_one_row_as_for_three(client, ours, coordinator, django_assert_num_queries):
    lamballe = factories.commune()
    member(ours, commune=lamballe)
    campaign(ours, 2026)
    query = f"{url('register', ours.pk)}?dues=late&year=2026&q=dominique&sort=commune"
    client.get(query)
    for address in (url("register", ours.pk), query):
        with django_assert_num_queries(10):
            client.get(address)
    for _ in range(2):
        member(ours, commune=lamballe, college=college(ours))
    member_structure(ours)
    for address in (url("register", ours.pk), query):
        with django_assert_num_queries(10):
            client.get(address)


def test_an_empty_register_offers_the_ways_to_begin(client, ours, coordinator):
    page = client.get(url("register", ours.pk)).content.decode()
    assert "Le registre est vide" in page
    professional(ours)
    assert "Aucun adhérent pour l’instant" in client.get(url("register", ours.pk)).content.decode()
    assert "Aucune fiche ne correspond" in client.get(url("register", ours.pk) + "?q=zzz").content.decode()


# --- Bulk actions -------------------------------------------------------------------------------------------------
def key(membership) -> str:
    return (
        f"person-{membership.professional_id}" if membership.professional_id else f"structure-{membership.structure_id}"
    )


def bulk(name: str, ours, *memberships, **asked) -> str:
    return f"{url(name, ours.pk)}?{urlencode([*asked.items(), *(('row', key(one)) for one in memberships)])}"


def test_ticked_rows_are_named_before_anything_is_done(client, ours, coordinator):
    first, second = member(ours, civil_last_name="Zola"), member_structure(ours, name="EHPAD")
    member(ours, civil_last_name="Autre")
    page = words_of(client.get(bulk("bulk-departure", ours, first, second)))
    assert "Enregistrer le départ de 2 fiches ?" in page
    assert "EHPAD, Dominique Zola." in page
    assert "Autre" not in page
    with everything("test"):
        assert Membership.objects.filter(end__isnull=True).count() == 3


def test_departures_are_recorded_for_all_the_rows_of_the_search(client, ours, coordinator):
    kept = member(ours, civil_last_name="Autre")
    gone = [member(ours, civil_last_name=f"Zola {number}") for number in range(3)]
    with everything("test data"):
        give_mandate(gone[0].professional, office="treasurer", start=date(2025, 1, 1), by=None)
    answer = {"expected": 3, "on": "2026-06-30", "reason": "Retraite"}
    response = client.post(bulk("bulk-departure", ours, all="1", q="zola"), answer)
    assert response.status_code == 302
    assert response.url == url("register", ours.pk) + "?q=zola"
    with everything("test"):
        ends = dict(Membership.objects.values_list("pk", "end"))
        assert ends == {kept.pk: None, **{one.pk: date(2026, 6, 30) for one in gone}}
        assert Mandate.objects.get().end == date(2026, 6, 30)
        assert Membership.history.filter(history_user=coordinator).count() == 3


def test_one_row_that_refuses_stops_them_all(client, ours, coordinator):
    early, late = member(ours, start=date(2020, 1, 1)), member(ours, civil_last_name="Tard", start=date(2026, 2, 1))
    answer = {"expected": 2, "on": "2026-01-15", "reason": "Retraite"}
    response = client.post(bulk("bulk-departure", ours, early, late), answer)
    assert response.status_code == 422
    assert "Dominique Tard : Le départ doit être postérieur" in words_of(response)
    with everything("test"):
        assert Membership.objects.filter(end__isnull=False).count() == 0


def test_somebody_who_is_no_member_cannot_leave(client, ours, coordinator):
    one = member(ours)
    never = professional(ours, civil_last_name="Jamais")
    query = bulk("bulk-departure", ours, one, situation="all") + f"&row=person-{never.pk}"
    response = client.post(query, {"expected": 2, "on": "2026-06-30", "reason": "Retraite"})
    assert response.status_code == 422
    assert "Dominique Jamais n’est pas adhérent : rien n’a été enregistré." in words_of(response)


def test_members_are_placed_in_a_college(client, ours, coordinator):
    group, first, second = college(ours, "Libéraux"), member(ours), member_structure(ours)
    response = client.post(bulk("bulk-college", ours, first, second), {"expected": 2, "college": group.pk})
    assert response.status_code == 302
    with everything("test"):
        assert set(Membership.objects.values_list("college", flat=True)) == {group.pk}
        assert Membership.history.filter(history_user=coordinator, college=group).count() == 2


def test_a_college_of_another_cpts_is_refused(client, ours, coordinator):
    other = college(factories.cpts())
    response = client.post(bulk("bulk-college", ours, member(ours)), {"expected": 1, "college": other.pk})
    assert response.status_code == 422


def test_a_list_that_changed_meanwhile_is_shown_again(client, ours, coordinator):
    group = college(ours)
    member(ours), member(ours)
    response = client.post(bulk("bulk-college", ours, all="1"), {"expected": 1, "college": group.pk})
    assert response.status_code == 422
    assert "La liste a changé" in response.content.decode()
    assert response.context["form"]["expected"].value() == "2"


def test_rows_of_another_cpts_or_without_meaning_are_nothing(client, ours, coordinator):
    theirs = member(factories.cpts())
    for query in (
        bulk("bulk-college", ours, theirs),
        bulk("bulk-college", ours) + "row=person-x&row=abc-1",
        bulk("bulk-college", ours),
    ):
        response = client.get(query)
        assert (response.status_code, response.url) == (302, url("register", ours.pk))


def test_the_ticked_rows_are_exported_and_written_down(client, ours, coordinator):
    first = member(ours, civil_last_name="Zola")
    member(ours, civil_last_name="Autre")
    response = client.post(bulk("bulk-export", ours, first), {"expected": 1, "file_format": "csv"})
    assert [row[1] for row in exported(response)[1:]] == ["Zola"]
    with everything("test"):
        assert PersonalDataExport.objects.get().persons == 1


def test_the_addresses_of_the_ticked_rows_are_shown_to_write_to_them(client, ours, coordinator):
    first, second = member(ours, civil_last_name="Zola"), member(ours, civil_last_name="Muette")
    house = member_structure(ours, email="ehpad+accueil@example.org")
    with everything("test data"):
        for channel, value in (("email", "zola@example.org"), ("mss", "zola@mss.example")):
            Contact.objects.create(professional=first.professional, channel=channel, value=value)
        Contact.objects.create(professional=member(ours).professional, channel="email", value="autre@example.org")
    here = bulk("bulk-mail", ours, first, second, house)
    asked = words_of(client.get(here))
    assert "Écrire à 3 fiches ?" in asked
    assert "zola@" not in asked
    response = client.post(here, {"expected": 3})
    assert response.status_code == 200
    assert response.context["listed"] == "ehpad+accueil@example.org; zola@example.org"
    assert response.context["mail_url"] == "mailto:?bcc=ehpad%2Baccueil@example.org,zola@example.org"
    assert response.context["without"] == ["Dominique Muette"]
    with everything("test"):
        log = PersonalDataExport.objects.get()
    assert (log.persons, log.file_format, log.author) == (2, "courriel", coordinator)


def test_addresses_too_many_for_a_link_are_copied(client, ours, coordinator):
    for number in range(60):
        member_structure(ours, email=f"structure-numero-{number}@exemple-de-domaine.example.org")
    response = client.post(f"{url('bulk-mail', ours.pk)}?all=1", {"expected": 60})
    assert (len(response.context["addresses"]), response.context["mail_url"]) == (60, "")
    assert "trop nombreuses" in words_of(response)


# --- Saved searches -----------------------------------------------------------------------------------------------
def test_a_search_is_kept_found_again_and_deleted(client, ours, coordinator):
    query = f"{url('saved-filter-add', ours.pk)}?q=zola&situation=left&page=3"
    assert client.get(query).status_code == 200
    response = client.post(query, {"name": "Les Zola"})
    assert response.url == url("register", ours.pk) + "?q=zola&situation=left"
    with everything("test"):
        kept = SavedFilter.objects.get()
    assert (kept.owner, kept.cpts, kept.query) == (coordinator, ours, "q=zola&situation=left")
    assert client.get(url("register", ours.pk)).context["saved"][0][1].endswith("?q=zola&situation=left")
    again = client.post(query, {"name": "les zola"})
    assert (again.status_code, again.context["form"]["name"].value()) == (422, "les zola")
    delete = url("saved-filter-delete", ours.pk, kept.pk)
    assert "« Les Zola »" in client.get(delete).content.decode()
    assert client.post(delete).status_code == 302
    with everything("test"):
        assert SavedFilter.objects.count() == 0


def test_searches_are_each_reader_s_own(client, ours, coordinator):
    colleague = factories.board_member(ours)
    with everything("test data"):
        theirs = SavedFilter.objects.create(cpts=ours, owner=colleague, name="À moi", query="q=a")
    assert client.get(url("register", ours.pk)).context["saved"] == []
    assert client.post(url("saved-filter-delete", ours.pk, theirs.pk)).status_code == 404
