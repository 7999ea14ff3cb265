"""Whatever happens afterwards to communes, populations, rates and targets, a sealed version says what was signed."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from contracts.deal.contracting import open_contract, terms_of_version, version_on
from contracts.deal.signing import is_intact
from contracts.models import Contract, ContractVersion, Rate, Review
from contracts.terms.comparing import compare, drift_of
from contracts.terms.terms import CommuneTerm, IndicatorTerm, print_of
from cpts_portal.core.scoping import everything
from missions.models import Target
from territories.models import Commune, CptsCommune, Population
from tests import contract_factories as make
from tests import factories, mission_factories

DAY = date(2026, 3, 2)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["population", "commune joins", "commune leaves", "rename", "rate", "target", "mission"]),
        st.integers(1, 300_000),
    ),
    min_size=1,
    max_size=8,
)


def happen(cpts, event: str, number: int) -> None:
    """Something that an import, an administrator or a coordinator does after the signature."""
    if event == "population":
        Population.objects.update(municipal=number)
    elif event == "commune joins":
        factories.in_territory(cpts, factories.commune(population=number))
    elif event == "commune leaves":
        CptsCommune.directory.filter(cpts=cpts).update(end=date(2026, 1, 1).replace(month=1 + number % 12))
    elif event == "rename":
        Commune.objects.update(name=f"Renommée {number}")
    elif event == "rate":
        Rate.objects.update(amount=number, confidence="to_confirm")
    elif event == "target":
        Target.objects.update(value=number, amount=number)
    else:
        mission_factories.mission(cpts, "qualite")


class TestASealedContract(TestCase):
    @given(EVENTS)
    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    def test_nothing_that_happens_afterwards_touches_it(self, events):
        with everything("a property"):
            contract, version = signed_contract()
            terms, print_before = terms_of_version(version), version.terms_sha256
            for event, number in events:
                happen(contract.cpts, event, number)
            drift_of(Contract.objects.get(pk=contract.pk), terms, DAY)
            found = version_on(Contract.objects.get(pk=contract.pk), DAY)
            assert terms_of_version(found) == terms
            assert found.terms_sha256 == print_before == print_of(terms_of_version(found))
            assert is_intact(found)


def signed_contract() -> tuple[Contract, ContractVersion]:
    """A contract negotiated from real rows, sealed as `contracts/deal/signing.py` does, without its PDF."""
    cpts = factories.cpts()
    for population in (30_000, 20_000):
        factories.in_territory(cpts, factories.commune(population=population))
    mission_factories.target(mission_factories.indicator(cpts))
    opened = open_contract(cpts, day=DAY, by=None)
    Review.objects.filter(pk=opened.review_id).update(
        status="signed", submitted_on=DAY, ars_agreed_at=make.NOON, fund_agreed_at=make.NOON, cpts_agreed_at=make.NOON
    )
    ContractVersion.objects.filter(pk=opened.pk).update(
        cpts_signed_on=DAY, ars_signed_on=DAY, fund_signed_on=DAY, effective_on=DAY, sealed_at=make.NOON,
        terms_sha256=print_of(terms_of_version(opened)),
    )  # fmt: skip
    Contract.objects.filter(pk=opened.contract_id).update(starts_on=DAY, ends_on=date(2031, 3, 2))
    return opened.contract, ContractVersion.objects.select_related("review").get(pk=opened.pk)


# --- What changed since, two texts side by side ---------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.usefixtures("see_everything")
class TestWhatChangedSince:
    def test_nothing_at_first(self):
        contract, version = signed_contract()
        drift = drift_of(contract, terms_of_version(version), DAY)
        assert (drift.sections, drift.reasons) == ((), ())

    def test_a_new_size_and_new_communes_propose_an_amendment(self):
        contract, version = signed_contract()
        factories.in_territory(contract.cpts, factories.commune(name="Coëtmieux", population=60_000))
        drift = drift_of(contract, terms_of_version(version), DAY)
        assert drift.reasons == (
            "La CPTS est passée de la taille 2 à la taille 3 (110\u202f000 habitants).",
            "1\u00a0commune ajoutée depuis la signature.",
        )
        assert [each.title for each in drift.sections] == ["Territoire", "Financement"]

    def test_a_new_rate_is_shown_and_proposes_nothing(self):
        contract, version = signed_contract()
        Rate.objects.filter(part="functioning").update(amount=61_000)
        drift = drift_of(contract, terms_of_version(version), DAY)
        assert drift.reasons == ()
        (change,) = drift.sections[0].changes
        assert (change.label, change.before) == ("Fonctionnement", "60\u202f000,00\u00a0€ par an")


def communes(*names: str) -> tuple[CommuneTerm, ...]:
    return tuple(CommuneTerm(f"220{rank:02d}", name, 1000) for rank, name in enumerate(names))


def test_many_communes_are_told_in_one_sentence_with_their_details():
    before, after = make.terms(territory=()), make.terms(territory=communes(*"ABCDEFGHIJKL"))
    (section,) = [each for each in compare(before, after) if each.title == "Territoire"]
    (bundle,) = section.bundles
    assert bundle.sentence == "12\u00a0communes ajoutées : A, B, C…"
    assert len(bundle.changes) == 12
    assert {each.label for each in section.changes} == {"Population", "Nombre de communes"}


def test_a_few_communes_are_told_one_by_one():
    before, after = make.terms(territory=communes("A")), make.terms(territory=communes("A", "B"))
    (section,) = compare(before, after)
    assert section.bundles == ()
    assert ("B (22001)", "", "1\u202f000 hab.") in [(each.label, each.before, each.after) for each in section.changes]


def test_many_targets_changed_are_told_in_one_sentence():
    def targets(goal):
        return tuple(IndicatorTerm("acces", f"Indicateur {rank}", "", "", 1, goal, Decimal(1)) for rank in range(5))

    (section,) = compare(make.terms(indicators=targets("cible : 1")), make.terms(indicators=targets("cible : 2")))
    assert section.bundles[0].sentence.startswith("5\u00a0cibles d’indicateur modifiées : Indicateur 0")


def test_the_same_text_changes_nothing():
    assert compare(make.terms(), make.terms()) == []
