"""Each persona logs in through the form and reaches her own home; another CPTS's page answers 404, explained."""

import pytest
from playwright.sync_api import Page, expect

from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_wrong_password_is_refused_in_french_and_keeps_the_address(page: Page, log_in_by_form):
    person = factories.administrator()
    log_in_by_form(person.email, "pas-le-bon-mot-de-passe")
    expect(page.locator("input[name=login]")).to_have_value(person.email)
    expect(page.get_by_text("ne sont pas corrects")).to_be_visible()


@pytest.mark.parametrize("run", [1, 2])
def test_the_size_classes_survive_tests_that_commit(run, live_server):
    assert [found.size for found in factories.size_classes()] == [1, 2, 3, 4]
