"""History read as sentences."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpts_portal.accounts.administration import deactivate, end_access
from cpts_portal.accounts.models import Access, User
from cpts_portal.core.change_words import Reader, Told, with_article
from cpts_portal.core.changes import changes_of
from cpts_portal.core.history import create_many, save_as, update_many
from territories.models import Agency, Cpts, CptsCommune, DeclaredFigures, Stage
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]


@pytest.fixture
def camille() -> User:
    return factories.administrator(first_name="Camille", last_name="Essai")


def age_history(model: type, minutes: int = 10) -> None:
    """Push what was recorded so far into the past, so that the next change is another moment."""
    history = model.history.model.objects
    for row in history.all():
        row.history_date -= timedelta(minutes=minutes)
        row.save()


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def sentences(*histories) -> list[str]:
    return [plain(event.sentence) for event in changes_of(*histories)]


def test_a_value_changed_filled_or_emptied(camille):
    cpts = factories.cpts("A", phone="02 96 00 00 01", email="a@example.org")
    age_history(Cpts)
    cpts.phone, cpts.email, cpts.address = "02 96 00 00 02", "", "1 rue du Port"
    save_as(cpts, by=camille, reason="appel du 3 mai")
    (event, *_older) = changes_of(cpts.history)
    assert (event.who, event.reason) == ("Camille Essai", "appel du 3 mai")
    assert plain(event.sentence) == (
        "a renseigné l’adresse du siège : « 1 rue du Port » ; "
        "a effacé l’adresse électronique de contact (c’était « a@example.org ») ; "
        "a changé le téléphone : « 02 96 00 00 01 » → « 02 96 00 00 02 »"
    )


def test_choices_and_foreign_keys_are_read_by_their_names(camille):
    cpts = factories.cpts("A", ars=factories.agency("ars", "ARS Bretagne"))
    other = factories.agency("ars", "ARS Normandie")
    age_history(Cpts)
    cpts.stage, cpts.ars = Stage.SIGNED, other
    save_as(cpts, by=camille)
    assert sentences(cpts.history)[0] == (
        "a changé l’étape : « En émergence » → « Contrat ACI signé » ; "
        "a changé l’ARS : « ARS Bretagne » → « ARS Normandie »"
    )


def test_departments_changed(camille):
    agency = factories.agency("ars", "ARS Bretagne", departments=(factories.department("22", "Côtes-d’Armor"),))
    age_history(Agency)
    agency._history_user = camille
    agency.departments.add(factories.department("35", "Ille-et-Vilaine"))
    assert sentences(agency.history)[0] == (
        "a changé les départements couverts : « Côtes-d’Armor (22) » → « Côtes-d’Armor (22), Ille-et-Vilaine (35) »"
    )


def test_a_creation_and_what_completes_it_at_once_are_one_event(camille):
    cpts = factories.cpts("du Penthièvre")
    assert Cpts.history.filter(id=cpts.pk).count() == 2
    assert sentences(cpts.history) == ["a créé la fiche « du Penthièvre »"]


def test_nothing_changed_says_nothing(camille):
    cpts = factories.cpts("A")
    age_history(Cpts)
    save_as(cpts, by=camille)
    assert len(changes_of(cpts.history)) == 1


def test_many_communes_at_once_are_one_event(camille):
    cpts = factories.cpts("A")
    rows = [
        CptsCommune(cpts=cpts, commune=factories.commune(name=f"Commune {n:02d}"), start=date(2024, 1, 1))
        for n in range(1, 11)
    ]
    create_many(CptsCommune, rows, by=camille)
    (event,) = changes_of(CptsCommune.history.filter(cpts=cpts))
    codes = [str(row.commune) for row in rows]
    assert event.sentence == (
        "a ajouté 10 communes au territoire, à partir du 1er janvier 2024 : " + ", ".join(codes[:8]) + " et 2 autres"
    )


def test_communes_leaving_together_are_one_event_and_one_alone_is_named(camille):
    cpts = factories.cpts("A")
    links = [factories.in_territory(cpts, factories.commune(name=name)) for name in ("Erquy", "Plurien", "Fréhel")]
    age_history(CptsCommune)
    for link in links[:2]:
        link.end = date(2026, 1, 1)
    update_many(CptsCommune, links[:2], ["end"], by=camille)
    assert sentences(CptsCommune.history.filter(cpts=cpts))[0] == (
        f"a retiré 2 communes du territoire, à compter du 1er janvier 2026 : {links[0].commune}, {links[1].commune}"
    )
    age_history(CptsCommune)
    links[2].end = date(2026, 2, 1)
    save_as(links[2], by=camille)
    assert sentences(CptsCommune.history.filter(cpts=cpts))[0] == (
        f"a retiré la commune {links[2].commune} du territoire, à compter du 1er février 2026"
    )


def test_shared_inhabitants_say_of_which_commune(camille):
    link = factories.in_territory(factories.cpts("A"), factories.commune(name="Rennes"), inhabitants=1000)
    age_history(CptsCommune)
    link.inhabitants = 2500
    save_as(link, by=camille)
    assert sentences(link.history)[0] == (
        f"a changé les habitants retenus : « 1 000 » → « 2 500 » pour la commune {link.commune}"
    )


def test_accesses_given_and_ended(camille):
    cpts = factories.cpts("du Penthièvre")
    person = factories.coordinator(cpts, first_name="Alix", last_name="Modèle")
    access = person.accesses.get()
    age_history(Access)
    end_access(access=access, on=date(2026, 3, 1), by=camille)
    assert sentences(access.history) == [
        "a mis fin à l’accès Coordination de CPTS – du Penthièvre d’Alix Modèle, à compter du 1er mars 2026",
        "a donné l’accès Coordination de CPTS – du Penthièvre à Alix Modèle, à partir du 1er janvier 2024",
    ]


def test_an_account_deactivated(camille):
    person = factories.user()
    age_history(User)
    deactivate(user=person, by=camille)
    assert sentences(person.history)[0] == "a désactivé le compte"


def test_deleted_figures_keep_their_sentence(camille):
    figures = DeclaredFigures.objects.create(
        cpts=factories.cpts("A"), declared_on=date(2022, 9, 28), population=1000, source="communiqué"
    )
    pk = figures.pk
    age_history(DeclaredFigures)
    figures.delete()
    assert sentences(DeclaredFigures.history.filter(id=pk)) == [
        "a supprimé les chiffres déclarés au 28 septembre 2022 (communiqué)",
        "a noté des chiffres déclarés au 28 septembre 2022 (communiqué)",
    ]


def test_a_change_without_an_author_is_the_portals():
    assert changes_of(factories.cpts("A").history)[0].who == "Le portail"


def test_several_histories_are_told_together_newest_first(camille):
    cpts = factories.cpts("A")
    age_history(Cpts)
    factories.in_territory(cpts, factories.commune(name="Erquy"))
    events = changes_of(cpts.history, CptsCommune.history.filter(cpts=cpts))
    assert [event.sentence.split()[1] for event in events] == ["ajouté", "créé"]
    assert events[0].when > events[1].when


def test_the_limit_counts_events_not_rows(camille):
    cpts = factories.cpts("A")
    for phone in ("01", "02", "03"):
        age_history(Cpts)
        cpts.phone = phone
        save_as(cpts, by=camille)
    assert len(changes_of(cpts.history, limit=2)) == 2


def test_as_many_queries_for_one_change_as_for_many(camille):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            changes_of(cpts.history, CptsCommune.history.filter(cpts=cpts))
        return len(captured)

    cpts = factories.cpts("A")
    factories.in_territory(cpts, factories.commune())
    few = queries()
    for n in range(5):
        age_history(Cpts)
        cpts.phone, cpts.ars = f"0{n}", factories.agency("ars")
        save_as(cpts, by=factories.user())
        factories.in_territory(cpts, factories.commune())
    assert queries() == few


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("téléphone", "le téléphone"),
        ("étape", "l’étape"),
        ("ARS", "l’ARS"),
        ("habitants retenus", "les habitants retenus"),
        ("commune du siège", "la commune du siège"),
        ("SIREN", "le SIREN"),
    ],
)
def test_articles(label, said):
    assert with_article(label) == said


AS_SAID = {
    "Agency": [
        "le type",
        "le nom",
        "l’adresse électronique du service",
        "l’état de l’agence",
        "les départements couverts",
    ],
    "Cpts": [
        "le nom",
        "le nom de l’association",
        "le numéro RNA",
        "le SIREN",
        "le numéro FINESS",
        "l’adresse du siège",
        "la commune du siège",
        "l’adresse électronique de contact",
        "le téléphone",
        "le site internet",
        "l’étape",
        "l’ARS",
        "la caisse pilote (CPAM ou CGSS)",
        "les départements",
    ],
    "CptsCommune": [
        "la CPTS",
        "la commune",
        "la date de début",
        "la date de fin",
        "les habitants retenus",
        "l’origine",
        "la ligne reprise",
    ],
    "DeclaredFigures": [
        "la CPTS",
        "la date de la déclaration",
        "la population déclarée",
        "le nombre de communes déclaré",
        "la source",
    ],
    "User": ["l’adresse électronique", "le prénom", "le nom", "l’état du compte", "la date de création du compte"],
    "Access": ["le rôle", "la CPTS", "l’agence", "l’utilisateur", "la date de début", "la date de fin"],
}


def test_every_tracked_field_reads_well():
    """The labels of all tracked fields, as sentences use them: read this list aloud when a field is added."""
    said = {}
    for model in (Agency, Cpts, CptsCommune, DeclaredFigures, User, Access):
        reader = Reader(model)
        tracked = {field.name for field in model.history.model.tracked_fields}
        fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
        said[model.__name__] = [
            reader.label(f) for f in fields if not f.primary_key and (f.name in tracked or f.many_to_many)
        ]
    assert said == AS_SAID


@pytest.mark.parametrize(
    ("value", "shown"), [("1,00", "1"), ("72,40", "72,4"), ("1 234,56", "1 234,56"), ("120", "120")]
)
def test_a_figure_is_told_without_needless_decimals(value, shown):
    assert f"{Told(value):figure}" == shown
