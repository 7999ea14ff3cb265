"""The demonstration on the real map, and what `make run` does before serving."""

import socket
from datetime import date
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from cpts_portal.accounts.models import Access, User
from cpts_portal.core.identifiers import validate_rna
from cpts_portal.home import demo
from territories.models import Agency, Cpts, CptsCommune, DeclaredFigures
from territories.perimeter import Perimeter, perimeter_of
from territories.reference import load_reference
from tests import factories

pytestmark = pytest.mark.django_db
IN_2024, IN_2026 = date(2024, 12, 1), date(2026, 12, 1)


@pytest.fixture
def development(settings):
    """Tests run with DEBUG off; the demonstration is for development."""
    settings.DEBUG = True


def perimeter(name: str, day: date, vintage: int) -> Perimeter:
    return perimeter_of(Cpts.directory.get(name=name), day=day, vintage=vintage)


def figures(name: str, day: date, vintage: int) -> tuple[int, int, int]:
    found = perimeter(name, day, vintage)
    return found.communes, found.population, found.size.size


def counts() -> tuple[int, ...]:
    tables = (
        User.objects,
        Access.objects,
        Agency.objects,
        Cpts.directory,
        CptsCommune.directory,
        DeclaredFigures._base_manager,
    )
    return tuple(table.count() for table in tables)


def test_the_five_territories_on_the_map_of_2024_then_on_that_of_2026(development, see_everything):
    load_reference(until=2024)
    call_command("load_demo", stdout=StringIO())
    assert figures("CPTS Haute-Saintonge", IN_2024, 2024) == (129, 68_842, 2)
    assert figures("CPTS des Marches de Bretagne", IN_2024, 2024) == (15, 21_947, 1)
    assert figures("CPTS du Penthièvre", IN_2024, 2024) == (38, 69_087, 2)
    assert figures("CPTS Accès Santé Nord Cantal", IN_2024, 2024) == (71, 29_664, 1)
    assert figures("CPTS Pays de Ploërmel Cœur de Bretagne", IN_2024, 2024) == (59, 90_025, 3)

    load_reference()
    assert figures("CPTS Haute-Saintonge", IN_2026, 2026) == (129, 69_164, 2)
    assert figures("CPTS des Marches de Bretagne", IN_2026, 2026) == (15, 21_963, 1)
    assert figures("CPTS du Penthièvre", IN_2026, 2026) == (38, 69_701, 2)
    assert figures("CPTS Haute-Saintonge", IN_2024, 2024) == (129, 68_842, 2)
    assert figures("CPTS des Marches de Bretagne", date(2027, 1, 1), 2026) == (43, 78_104, 2)  # with Fougères

    before = counts()
    assert before == (len(demo.USERS), 22, 8, 5, 38 + 59 + 71 + 129 + (15 + 28), 5)
    said = StringIO()
    call_command("load_demo", stdout=said)
    assert said.getvalue() == (
        "Créés : 0 agences, 0 CPTS, 0 communes de leurs territoires, 0 utilisateurs, 0 accès, "
        "0 professionnels, 0 structures, 0 adhésions, 0 cotisations payées, 0 fiches de l’annuaire national, "
        "0 structures de FINESS, 0 missions, 0 indicateurs, 0 réunions tenues, 0 activités à payer, 0 contrats.\n"
    )
    assert counts() == before


def test_a_dry_run_says_what_it_would_create_and_creates_nothing(development):
    load_reference(until=2024)
    said = StringIO()
    call_command("load_demo", "--dry-run", stdout=said)
    assert said.getvalue() == (
        "Seraient créés : 8 agences, 5 CPTS, 340 communes de leurs territoires, 21 utilisateurs, 22 accès, "
        "244 professionnels, 30 structures, 251 adhésions, 322 cotisations payées, "
        "1868 fiches de l’annuaire national, 192 structures de FINESS, "
        "22 missions, 23 indicateurs, 3 réunions tenues, 19 activités à payer, 7 contrats.\n"
    )
    assert counts() == (0, 0, 0, 0, 0, 0)


def test_it_is_refused_outside_development():
    with pytest.raises(CommandError, match="mot de passe public"):
        call_command("load_demo")
    assert User.objects.count() == 0


def test_without_the_map_it_says_to_load_it_and_writes_nothing(development):
    with pytest.raises(CommandError, match="load_reference"):
        call_command("load_demo")
    assert counts() == (0, 0, 0, 0, 0, 0)


def test_people_are_fictitious_and_share_the_password_shown(development):
    assert [user.email for user in demo.USERS if not user.email.endswith("@demo.example")] == []
    assert len({user.email for user in demo.USERS}) == len(demo.USERS)
    assert set(demo.FIRST_LOGINS) <= {user.login for user in demo.USERS}


@pytest.mark.parametrize("wanted", demo.CPTS, ids=lambda wanted: wanted.key)
def test_association_numbers_are_valid_in_form(wanted):
    try:
        validate_rna(wanted.rna)
    except ValidationError as error:
        pytest.fail(str(error))


def test_prepare_fills_an_empty_portal_then_leaves_everything_alone(development, see_everything, rf):
    said = StringIO()
    call_command("prepare", "--port", str(free_port()), stdout=said)
    assert demo.PASSWORD in said.getvalue()
    assert "coordination.penthievre@demo.example" in said.getvalue()
    coordinator = User.objects.get(email="coordination.penthievre@demo.example")
    assert authenticate(rf.get("/"), email=coordinator.email, password=demo.PASSWORD) == coordinator

    coordinator.set_password("un-autre-mot-de-passe")
    coordinator.save()
    Cpts.directory.filter(name="CPTS du Penthièvre").update(phone="01 99 00 00 00")
    Cpts.directory.filter(name="CPTS Haute-Saintonge").update(name="CPTS renommée par son bureau")
    before = counts()
    call_command("prepare", "--port", str(free_port()), stdout=StringIO())
    assert counts() == before
    assert Cpts.directory.get(name="CPTS du Penthièvre").phone == "01 99 00 00 00"
    assert User.objects.get(pk=coordinator.pk).check_password("un-autre-mot-de-passe")


def test_prepare_puts_no_demonstration_in_a_portal_that_somebody_uses(development):
    factories.administrator()
    call_command("prepare", "--port", str(free_port()), stdout=StringIO())
    assert User.objects.count() == 1
    assert Cpts.directory.count() == 0


def test_prepare_says_when_the_port_is_taken(development):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"Le port {port} est déjà utilisé"):
            call_command("prepare", "--port", str(port), "--dry-run")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
