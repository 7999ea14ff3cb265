"""Each persona logs in through the form and reaches her own home; another CPTS's page answers 404, explained."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests import factories
from tests.e2e.portal import Portal, small_portal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def portal(live_server) -> Portal:
    return small_portal()


@pytest.mark.parametrize(
    ("persona", "own"),
    [
        ("coordinator", "CPTS du Penthièvre"),
        ("board", "CPTS du Penthièvre"),
        ("ars_agent", "ARS Bretagne"),
        ("fund_agent", "CPAM des Côtes-d’Armor"),
        ("observer", "Vue nationale"),
        ("administrator", "Millésime"),
    ],
)
def test_each_persona_reaches_her_own_home(persona, own, portal: Portal, page: Page, log_in_by_form):
    log_in_by_form(portal.people[persona].email)
    assert page.url.endswith(reverse("home:dashboard"))
    expect(page.locator("main")).to_contain_text(own, ignore_case=True)


def test_the_homes_differ_from_one_persona_to_the_other(portal: Portal, page: Page, login_as, visit):
    seen = set()
    for persona in ("coordinator", "ars_agent", "fund_agent", "administrator"):
        login_as(portal.people[persona])
        visit("home:dashboard")
        seen.add(page.locator("main").inner_text())
    assert len(seen) == 4


def test_a_coordinator_sees_her_cpts_and_gets_an_explained_404_for_another(
    portal: Portal, page: Page, log_in_by_form, visit
):
    log_in_by_form(portal.people["coordinator"].email)
    assert visit("territories:cpts-detail", cpts_id=portal.cpts.pk).status == 200
    expect(page.locator("h1")).to_contain_text("CPTS du Penthièvre")
    assert visit("territories:cpts-detail", cpts_id=portal.other_cpts.pk).status == 404
    expect(page.locator("main")).to_contain_text("Vous agissez pour la CPTS du Penthièvre")
    expect(page.locator("main")).to_contain_text("ARS Bretagne")


def test_somebody_with_two_cpts_changes_from_one_to_the_other(portal: Portal, page: Page, login_as, visit):
    login_as(portal.people["two_cpts"])
    for cpts in (portal.cpts, portal.other_cpts):
        assert visit("territories:cpts-detail", cpts_id=cpts.pk).status == 200


def test_a_page_asked_before_logging_in_is_reached_after(portal: Portal, page: Page, visit):
    wanted = reverse("territories:cpts-detail", args=[portal.cpts.pk])
    visit(wanted)
    assert reverse("account_login") in page.url
    page.fill("input[name=login]", portal.people["coordinator"].email)
    page.fill("input[name=password]", factories.PASSWORD)
    with page.expect_navigation():
        page.press("input[name=password]", "Enter")
    assert page.url.endswith(wanted)


def test_a_wrong_password_is_refused_in_french_and_keeps_the_address(portal: Portal, page: Page, log_in_by_form):
    email = portal.people["coordinator"].email
    log_in_by_form(email, "pas-le-bon-mot-de-passe")
    expect(page.locator("input[name=login]")).to_have_value(email)
    expect(page.locator("main")).to_contain_text("mot de passe")
    assert reverse("account_login") in page.url


@pytest.mark.parametrize("run", [1, 2])
def test_the_size_classes_survive_tests_that_commit(run, live_server):
    assert [found.size for found in factories.size_classes()] == [1, 2, 3, 4]
