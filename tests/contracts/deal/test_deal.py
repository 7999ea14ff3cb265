"""The contract itself: terms negotiated, signed, sealed, amended."""

import hashlib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from contracts.deal.amending import Subject, open_amendment
from contracts.deal.contracting import is_negotiable, open_contract, terms_of_version, version_on, write_terms
from contracts.deal.signing import is_intact, kept_document
from contracts.models import ContractYear, Party, Rate, Review
from contracts.review.lifecycle import REVIEWS
from contracts.terms.drafting import TypedAmount, terms_today, unknown_amounts, with_amounts, with_territory_of
from contracts.terms.terms import from_json, to_json
from cpts_portal.accounts.roles import Role
from cpts_portal.core.changes import changes_of
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit
from missions.models import CptsMission
from tests import contract_factories as make
from tests import factories, mission_factories
from tests.contracts.deal.signing import DAY, agreed, sign, signed

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


# --- Negotiated -----------------------------------------------------------------------------------------------------
def test_a_draft_starts_from_the_territory_and_the_grid_of_its_size(cpts):
    terms = terms_today(cpts, DAY)
    assert (terms.population, terms.size, len(terms.territory)) == (50_000, 2, 2)
    assert terms.amount_of("", "functioning").amount == Decimal("60000.00")
    assert not terms.amount_of("acces", "fixed").is_verified


def test_an_envelope_that_the_grid_does_not_know_is_named(cpts):
    assert unknown_amounts(terms_today(cpts, DAY)) == [
        "Aucun montant connu au barème pour « Crises sanitaires : part fixe » (taille 2).",
        "Aucun montant connu au barème pour « Crises sanitaires : complément en cas de crise » (taille 2).",
    ]


def test_an_amount_typed_by_hand_takes_a_source_and_is_to_confirm(cpts):
    terms = terms_today(cpts, DAY)
    with pytest.raises(NotPossible, match="source du montant « Fonctionnement »"):
        with_amounts(terms, {("", "functioning"): TypedAmount(Decimal(65_000))}, DAY)
    typed = with_amounts(terms, {("", "functioning"): TypedAmount(Decimal(65_000), "Courrier du 2 mars")}, DAY)
    found = typed.amount_of("", "functioning")
    assert (found.amount, found.source, found.is_verified, found.by_hand) == (65_000, "Courrier du 2 mars", False, True)
    assert typed.amount_of("acces", "fixed") == terms.amount_of("acces", "fixed")


def test_a_blank_amount_is_that_of_the_grid(cpts):
    terms = terms_today(cpts, DAY)
    typed = with_amounts(terms, {("", "functioning"): TypedAmount(Decimal(65_000), "Courrier")}, DAY)
    assert with_amounts(typed, {}, DAY).amounts == terms.amounts


def test_taking_up_a_territory_of_another_size_brings_its_amounts_and_keeps_those_by_hand(cpts):
    terms = with_amounts(terms_today(cpts, DAY), {("acces", "fixed"): TypedAmount(Decimal(1), "Courrier")}, DAY)
    factories.in_territory(cpts, factories.commune(population=60_000))
    after = with_territory_of(terms, cpts, DAY)
    assert (after.size, after.amount_of("", "functioning").amount) == (3, Decimal("75000.00"))
    assert after.amount_of("acces", "fixed").amount == 1


def test_terms_are_written_on_the_version_read_and_never_once_signed(cpts, by):
    version = open_contract(cpts, day=DAY, by=by)
    stamp = str(version.review.version)
    write_terms(version, replace(terms_of_version(version), calendar="Premier trimestre"), stamp=stamp, by=by)
    assert terms_of_version(version).calendar == "Premier trimestre"
    with pytest.raises(StaleEdit):
        write_terms(version, terms_of_version(version), stamp=stamp, by=by)
    signed(version)
    assert not is_negotiable(version)
    with pytest.raises(NotPossible, match="ne se modifient plus"):
        write_terms(version, terms_of_version(version), stamp=str(version.review.version), by=by)


def test_a_negotiation_given_up_leaves_room_for_another(cpts, by):
    first = open_contract(cpts, day=DAY, by=by)
    with pytest.raises(NotPossible, match="déjà en négociation"):
        open_contract(cpts, day=DAY, by=by)
    Review.objects.filter(pk=first.review_id).update(status="abandoned")
    second = open_contract(cpts, day=DAY, by=by)
    assert second.contract_id == first.contract_id
    assert second.review_id != first.review_id


def test_stored_terms_read_back_the_same(cpts):
    terms = replace(terms_today(cpts, DAY), calendar="a", clauses={"Locaux": "b"})
    assert from_json(to_json(terms)) == terms


# --- Signed, sealed -------------------------------------------------------------------------------------------------
def test_the_third_signature_seals_the_terms_with_a_document_kept_with_its_print(cpts, by):
    version = signed(open_contract(cpts, day=DAY, by=by))
    with version.sealed_file.open("rb") as kept:
        content = kept.read()
    assert content.startswith(b"%PDF-")
    assert hashlib.sha256(content).hexdigest() == version.file_sha256
    assert is_intact(version)
    contract = version.contract
    assert (contract.starts_on, contract.ends_on) == (DAY, date(2031, 3, 2))
    assert ContractYear.objects.filter(contract=contract).count() == 5
    assert set(CptsMission.objects.values_list("agreed_on", flat=True)) == {DAY}


def test_the_sealed_document_is_given_as_it_was_or_not_at_all(cpts, by):
    version = signed(open_contract(cpts, day=DAY, by=by))
    assert kept_document(version) == kept_document(version)
    Path(version.sealed_file.path).write_bytes(b"%PDF- autre")
    with pytest.raises(NotPossible, match="ne porte plus l’empreinte"):
        kept_document(version)
    Path(version.sealed_file.path).unlink()
    with pytest.raises(NotPossible, match="n’est plus dans les fichiers"):
        kept_document(version)


def test_the_history_names_who_signed(cpts, by):
    version = agreed(open_contract(cpts, day=DAY, by=by))
    sign(version, Role.BOARD)
    last = changes_of(version.history)[0]
    assert last.sentence == "a enregistré la signature de la CPTS, le 2 mars 2026 : Dominique Exemple"


def test_a_signature_falls_when_the_text_opens_again(cpts, by):
    review = sign(agreed(open_contract(cpts, day=DAY, by=by)), Role.BOARD)
    REVIEWS.make(review, "send_back", make.act(None, Role.ARS_AGENT, version=str(review.version), reason="Calendrier"))
    version = review.contract_version
    version.refresh_from_db()
    assert version.cpts_signed_on is None
    assert version.cpts_signatory == ""


def test_terms_altered_afterwards_no_longer_have_their_print(cpts, by):
    version = signed(open_contract(cpts, day=DAY, by=by))
    version.review.content = {**version.review.content, "size": 4}
    assert not is_intact(version)


# --- Amended --------------------------------------------------------------------------------------------------------
def amended(contract, *subjects, on=date(2026, 9, 1), reason="Extension", by=None):
    return open_amendment(
        contract, reason=reason, asked_by=Party.CPTS, effective_on=on, subjects=subjects, day=DAY, by=by
    )


def test_an_amendment_takes_up_only_what_it_is_about(cpts, by):
    first = signed(open_contract(cpts, day=DAY, by=by))
    before = terms_of_version(first)
    factories.in_territory(cpts, factories.commune(name="Coëtmieux", population=60_000))
    mission_factories.mission(cpts, "qualite")
    after = terms_of_version(amended(first.contract, Subject.TERRITORY, by=by))
    assert (after.size, len(after.territory)) == (3, 3)
    assert after.missions == before.missions
    assert after.text == before.text


def test_an_amendment_of_missions_keeps_the_amounts_already_signed(cpts, by):
    first = signed(open_contract(cpts, day=DAY, by=by))
    Rate.objects.filter(mission__code="acces").update(amount=1)
    mission_factories.mission(cpts, "qualite")
    before, after = terms_of_version(first), terms_of_version(amended(first.contract, Subject.MISSIONS, by=by))
    assert after.amount_of("acces", "fixed") == before.amount_of("acces", "fixed")
    assert after.amount_of("qualite", "fixed").amount > 0


def test_an_amendment_applies_from_its_date(cpts, by):
    first = signed(open_contract(cpts, day=DAY, by=by))
    factories.in_territory(cpts, factories.commune(population=60_000))
    second = signed(amended(first.contract, Subject.TERRITORY, by=by))
    assert version_on(first.contract, date(2026, 8, 31)) == first
    assert version_on(first.contract, date(2026, 9, 1)) == second
    assert version_on(first.contract, date(2026, 3, 1)) is None
    assert terms_of_version(version_on(first.contract, date(2026, 8, 31))).size == 2


def test_a_mission_taken_out_by_an_amendment_stops_on_its_date(cpts, by):
    mission_factories.mission(cpts, "acces")
    kept = mission_factories.mission(cpts, "qualite")
    first = signed(open_contract(cpts, day=DAY, by=by))
    version = amended(first.contract, Subject.INDICATORS, by=by)
    terms = terms_of_version(version)
    write_terms(version, replace(terms, missions=terms.missions[:1]), stamp=str(version.review.version), by=by)
    signed(version)
    kept.refresh_from_db()
    assert kept.stopped_on == date(2026, 9, 1)


def test_amendments_follow_each_other_in_time(cpts, by):
    first = signed(open_contract(cpts, day=DAY, by=by))
    signed(amended(first.contract, Subject.INDICATORS, by=by))
    with pytest.raises(NotPossible, match="ne peut pas précéder"):
        amended(first.contract, Subject.INDICATORS, on=date(2026, 8, 1), by=by)
    with pytest.raises(NotPossible, match="pendant le contrat"):
        amended(first.contract, Subject.INDICATORS, on=date(2031, 3, 2), by=by)


def test_one_amendment_at_a_time(cpts, by):
    first = signed(open_contract(cpts, day=DAY, by=by))
    amended(first.contract, Subject.INDICATORS, by=by)
    with pytest.raises(NotPossible, match="déjà ouvert"):
        amended(first.contract, Subject.TERRITORY, by=by)
