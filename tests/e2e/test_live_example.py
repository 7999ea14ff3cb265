"""The examples of a target follow what is typed, change after change, and nothing is saved meanwhile."""

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from cpts_portal.core.scoping import everything
from missions.models import Target
from tests import factories
from tests import mission_factories as make

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_example_follows_each_field_one_after_the_other(page, visit, login_as, screenshot):
    cpts = factories.cpts("du Penthièvre")
    indicator = make.indicator(cpts, method="linear", baseline=Decimal(100), baseline_on=date(2026, 1, 1))
    exercise = make.exercise(cpts)
    login_as(factories.coordinator(cpts))
    visit("missions:indicator-target", cpts_id=cpts.pk, pk=indicator.pk, exercise_id=exercise.pk)
    examples = page.locator("#examples")
    expect(examples).to_contain_text("à mesure que vous remplissez")

    page.get_by_label("Montant maximal").fill("1000")
    expect(examples).to_contain_text("Indiquez la cible")
    page.get_by_label("Cible", exact=True).press_sequentially("200")
    expect(examples).to_contain_text("200 patients : 1\u202f000,00\u00a0€")
    expect(examples).to_contain_text("150 patients : 500,00\u00a0€")
    page.get_by_label("Montant maximal").fill("4000")
    expect(examples).to_contain_text("150 patients : 2\u202f000,00\u00a0€")
    page.get_by_label("Cible exprimée en").select_option("delta")
    expect(examples).to_contain_text("300 patients : 4\u202f000,00\u00a0€")
    screenshot("live-example")
    with everything("reading back"):
        assert not Target.objects.exists()
