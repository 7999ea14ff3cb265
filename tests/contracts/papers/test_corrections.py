"""In a correction, only the parts of the terms that an open request names may change."""

from dataclasses import replace
from datetime import date

import pytest

from contracts.deal.contracting import write_terms
from contracts.models import ContractVersion, Review
from contracts.terms.terms import from_json
from cpts_portal.core.refusals import NotPossible
from tests import contract_factories as make
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]


@pytest.fixture
def returned() -> ContractVersion:
    version = make.version(make.contract(factories.cpts(), None))
    Review.objects.filter(pk=version.review_id).update(status="returned", submitted_on=date(2026, 3, 2), number=1)
    return make.version(version.contract)


def written(version: ContractVersion, **changes) -> ContractVersion:
    terms = replace(from_json(version.review.content), **changes)
    return write_terms(version, terms, stamp=str(version.review.version), by=None)


def later(version: ContractVersion) -> dict:
    missions = from_json(version.review.content).missions
    return {"missions": tuple(replace(each, start=date(2026, 9, 1)) for each in missions)}


def test_only_the_part_named_by_a_request_may_change(returned):
    make.comment(returned.review, kind="correction", anchor="terms:missions", agency=returned.review.cpts.ars)
    with pytest.raises(NotPossible, match="clauses particulières"):
        written(returned, clauses={"Locaux": "Un bureau est prêté."})
    written(returned, **later(returned))


def test_sent_back_as_a_whole_everything_opens(returned):
    make.comment(returned.review, kind="correction", agency=returned.review.cpts.ars)
    written(returned, clauses={"Locaux": "Un bureau est prêté."})


def test_a_note_that_the_cpts_does_not_read_opens_nothing_and_closes_nothing(returned):
    ars = returned.review.cpts.ars
    make.comment(returned.review, kind="correction", anchor="terms:missions", agency=ars, audience="own")
    written(returned, clauses={"Locaux": "Un bureau est prêté."})


def test_a_request_that_was_settled_no_longer_restricts(returned):
    asked = make.comment(returned.review, kind="correction", anchor="terms:missions", agency=returned.review.cpts.ars)
    type(asked).objects.filter(pk=asked.pk).update(settled_at=make.NOON)
    written(returned, clauses={"Locaux": "Un bureau est prêté."})


def test_a_draft_is_open_everywhere(returned):
    Review.objects.filter(pk=returned.review_id).update(status="draft")
    version = make.version(returned.contract)
    make.comment(version.review, kind="correction", anchor="terms:missions", agency=version.review.cpts.ars)
    written(version, clauses={"Locaux": "Un bureau est prêté."})
