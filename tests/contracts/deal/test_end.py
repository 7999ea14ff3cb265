"""How a contract ends or begins elsewhere: renewed, expired, terminated, entered as signed before the portal."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest
from dateutil.relativedelta import relativedelta
from django.core.management import call_command
from django.utils import timezone

from contracts.deal.contracting import open_contract, terms_of_version
from contracts.deal.expiring import due_on, expiry_of, warn
from contracts.deal.recorded import SignedPaper, record_contract, typed_communes
from contracts.deal.renewal import may_renew
from contracts.deal.signing import is_intact
from contracts.deal.termination import Termination, terminate
from contracts.models import Contract, ContractState, ContractYear, Document, JournalEntry, Party
from contracts.terms.drafting import TypedAmount
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit
from missions.models import Exercise
from territories.models import Stage
from tests import contract_factories as make
from tests import factories
from tests.contracts.deal.signing import DAY, signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def cpts():
    made = factories.cpts()
    factories.in_territory(made, factories.commune(name="Andel", population=30_000))
    factories.in_territory(made, factories.commune(name="Bréhand", population=20_000))
    return made


@pytest.fixture
def by():
    return factories.user()


# --- Renewed, terminated --------------------------------------------------------------------------------------------
def test_a_contract_is_renewed_in_its_last_year_and_the_next_begins_when_it_ends(cpts, by):
    first = signed(open_contract(cpts, day=DAY, by=by)).contract
    with pytest.raises(NotPossible, match="2 mars 2030"):
        open_contract(cpts, day=date(2030, 3, 1), previous=first, by=by)
    renewal = open_contract(cpts, day=date(2030, 3, 2), previous=first, by=by)
    assert not may_renew(first, date(2030, 6, 1))
    second = signed(renewal).contract
    assert (second.starts_on, second.ends_on) == (date(2031, 3, 2), date(2036, 3, 2))
    numbers = Exercise.objects.filter(contract_year__contract=second).values_list("number", flat=True)
    assert list(numbers) == [6, 7, 8, 9, 10]


@pytest.mark.parametrize(
    ("day", "tone"),
    [
        (date(2029, 12, 31), None),
        (date(2030, 1, 1), "info"),
        (date(2030, 7, 1), "warning"),
        (date(2030, 10, 1), "danger"),
        (date(2031, 1, 1), "danger"),
    ],
)
def test_expiry_is_warned_twelve_six_and_three_months_ahead(cpts, day, tone):
    found = expiry_of(make.contract(cpts), day)
    assert (found.tone if found else None) == tone


def test_each_warning_is_sent_once_a_missed_night_loses_nothing(cpts, mailoutbox, django_capture_on_commit_callbacks):
    factories.board_member(cpts)
    make.contract(cpts)
    (due,) = due_on(date(2030, 7, 9))
    assert due.months == 6
    with django_capture_on_commit_callbacks(execute=True):
        assert warn(due, moment=make.NOON)
        assert not warn(due, moment=make.NOON)
    assert len(mailoutbox) == 1
    assert list(due_on(date(2030, 9, 30))) == []
    assert [each.months for each in due_on(date(2030, 10, 1))] == [3]


def test_the_command_says_whom_it_would_warn_then_warns_them_once(cpts):
    make.contract(cpts, (timezone.localdate() - relativedelta(years=4, months=8)).replace(day=1))  # three months left
    said = [StringIO() for _ in range(3)]
    call_command("watch_contract_ends", "--dry-run", stdout=said[0])
    assert not JournalEntry.objects.exists()
    for each in said[1:]:
        call_command("watch_contract_ends", stdout=each)
    first, second, third = (each.getvalue() for each in said)
    assert first.endswith("rappel des 6 mois.\nÀ envoyer : 1 rappels.\n")
    assert second.endswith("rappel des 6 mois.\nEnvoyés : 1 rappels.\n")
    assert third == "Envoyés : 0 rappels.\n"
    assert JournalEntry.objects.count() == 1


def test_a_contract_that_is_renewed_or_terminated_is_not_warned_about(cpts, by):
    contract = make.contract(cpts)
    open_contract(cpts, day=date(2030, 3, 1), previous=contract, by=by)
    assert list(due_on(date(2030, 7, 9))) == []


def ending(**fields):
    base = {"ended_on": date(2027, 1, 1), "end_initiator": Party.CPTS, "end_reason": "Dissolution"}
    return Termination(**{**base, **fields})


def test_a_termination_is_read_from_its_date_and_enters_the_journal(cpts, by):
    contract = make.contract(cpts)
    done = terminate(contract, ending(end_balance=Decimal(1200)), version="0", day=DAY, by=by)
    assert done.state_on(date(2026, 12, 31)) == ContractState.IN_FORCE
    assert done.state_on(date(2027, 1, 1)) == ContractState.TERMINATED
    assert JournalEntry.objects.get(cpts=cpts).words.endswith("à l’initiative de la CPTS, à effet du 1er janvier 2027.")


def test_an_agency_terminates_after_a_formal_notice_and_the_delay_it_left(cpts, by):
    contract = make.contract(cpts)
    with pytest.raises(NotPossible, match="mise en demeure"):
        terminate(contract, ending(end_initiator=Party.ARS), version="0", day=DAY, by=by)
    hasty = ending(end_initiator=Party.ARS, notice_on=date(2026, 12, 15), answer_days=30)
    with pytest.raises(NotPossible, match="14 janvier 2027"):
        terminate(contract, hasty, version="0", day=DAY, by=by)
    with pytest.raises(StaleEdit):
        terminate(contract, ending(), version="3", day=DAY, by=by)


# --- Signed before the portal ---------------------------------------------------------------------------------------
def paper(**fields):
    day = date(2024, 4, 15)
    base = {
        "starts_on": day,
        "signed_on": dict.fromkeys(Party, day),
        "signatories": {Party.CPTS: "Dominique Exemple, présidente"},
        "starts": {"acces": day, "crises": None},
    }
    return SignedPaper(**{**base, **fields})


def test_a_contract_signed_before_the_portal_is_entered_as_it_stands(cpts, by):
    amounts = {("acces", "fixed"): TypedAmount(Decimal(70_000))}
    contract = record_contract(cpts, paper(amounts=amounts), day=DAY, by=by)
    version = contract.versions.get()
    assert (contract.is_recorded, version.review.status, contract.ends_on) == (True, "recorded", date(2029, 4, 15))
    assert is_intact(version)
    terms = terms_of_version(version)
    assert (terms.population, terms.size) == (50_000, 2)
    found = terms.amount_of("acces", "fixed")
    assert (found.amount, found.is_verified) == (70_000, True)
    assert found.source == "Contrat signé, en vigueur depuis le 15 avril 2024"
    assert ContractYear.objects.filter(contract=contract).count() == 5
    cpts.refresh_from_db()
    assert cpts.stage == Stage.SIGNED
    assert not Document.objects.exists()


def test_communes_of_a_paper_are_typed_one_a_line(cpts):
    first, second = factories.commune(name="Andel", population=1000), factories.commune(population=2000)
    typed = typed_communes(f"{first.code} {first.name} 1 250\n\n{second.code}", DAY)
    assert [(each.code, each.population) for each in typed] == [(first.code, 1250), (second.code, 2000)]
    with pytest.raises(NotPossible, match="Code de commune inconnu : 99999"):
        typed_communes("99999 Nulle-Part 12", DAY)
    with pytest.raises(NotPossible, match="deux fois"):
        typed_communes(f"{first.code}\n{first.code}", DAY)


def test_two_contracts_do_not_cover_the_same_day(cpts, by):
    record_contract(cpts, paper(), day=DAY, by=by)
    with pytest.raises(NotPossible, match="couvre déjà le 15 avril 2024"):
        record_contract(cpts, paper(), day=DAY, by=by)
    assert Contract.objects.count() == 1
