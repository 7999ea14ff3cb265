"""Ticked declarations checked or approved together: told first, then one by one through the rules of a single one."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpts_portal.core.scoping import everything
from missions.models import CeilingValue, PayCap, PayLine, UserRecord
from missions.pay.bulk import approvals_ahead, approve_lines
from tests import factories
from tests import mission_factories as make
from tests.missions.pay.steps import NOW, approved, checked_for, declared, officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def cpts():
    made = factories.cpts("du Penthièvre")
    make.pay_rate(made, "60.00")
    return made


@pytest.fixture
def me(client, cpts):
    made = factories.coordinator(cpts)
    client.force_login(made)
    return made


@pytest.fixture
def treasurer(client, cpts):
    made = factories.board_member(cpts)
    client.force_login(made)
    return made


def address(name: str, cpts, *lines: PayLine, query: str = "") -> str:
    rows = "&".join(f"row={line.pk}" for line in lines)
    return f"{reverse(f'missions:{name}', args=[cpts.pk])}?{query}{rows}"


def rows(*lines: PayLine) -> dict:
    return {"row": [line.pk for line in lines]}


def states(*lines: PayLine) -> list[str]:
    with everything("reading back"):
        return [PayLine.objects.get(pk=line.pk).status for line in lines]


def text(response) -> str:
    return response.content.decode().replace("\u00a0", " ")


def test_ticked_declarations_are_checked_together_and_the_others_left_aside_with_the_reason(client, cpts, me):
    one, two, granted = declared(officer(cpts)), declared(officer(cpts)), approved(officer(cpts))
    page = text(client.get(address("lines-check", cpts, one, two, granted)))
    assert "240,00 €" in page
    assert "1 déclaration laissée de côté" in page
    assert "Elle est « approuvée », et non « déclarée »." in page
    done = client.post(address("lines-check", cpts, one, two, granted), rows(one, two), follow=True)
    assert "2 déclarations vérifiées, 240,00 €." in text(done)
    assert states(one, two, granted) == ["checked", "checked", "approved"]


def test_nobody_checks_her_own_money_in_a_selection_either(client, cpts, me):
    mine, other = officer(cpts), officer(cpts)
    with everything("test data"):
        UserRecord.objects.create(user=me, professional=mine)
    own, line = declared(mine), declared(other)
    assert "Personne ne vérifie une somme qui lui est versée." in text(client.get(address("lines-check", cpts, own)))
    done = text(client.post(address("lines-check", cpts, own, line), rows(own, line), follow=True))
    assert "1 déclaration vérifiée, 120,00 € ; 1 laissée de côté." in done
    assert "Personne ne vérifie une somme qui lui est versée." in done
    assert states(own, line) == ["declared", "checked"]


def test_the_board_approves_a_selection_and_the_coordination_is_told_why_not(client, cpts, treasurer):
    line = checked_for(officer(cpts), "100.00")
    client.force_login(factories.coordinator(cpts))
    assert "revient au bureau" in text(client.get(address("lines-approve", cpts, line)))
    assert client.post(address("lines-approve", cpts, line), rows(line)).status_code == 422
    assert states(line) == ["checked"]
    client.force_login(treasurer)
    done = client.post(address("lines-approve", cpts, line), rows(line), follow=True)
    assert "1 déclaration approuvée, 100,00 €." in text(done)
    assert states(line) == ["approved"]


@pytest.mark.parametrize("limit", ["ceiling", "cap", "office cap"])
def test_what_is_told_counts_the_rows_before_as_the_approvals_will(cpts, limit):
    person, other, treasurer = officer(cpts), officer(cpts), factories.board_member(cpts)
    with everything("test data"):
        if limit == "ceiling":
            CeilingValue.objects.filter(year=2026).update(amount=Decimal("150.00"))
        else:
            office = "director" if limit == "office cap" else ""
            PayCap.objects.create(cpts=cpts, year=2026, amount=Decimal("150.00"), office=office)
        lines = [checked_for(each, "100.00", office="director") for each in (person, person, other)]
        ahead = approvals_ahead(lines, by=treasurer)
        assert [line.pk for line in ahead.done] == [lines[0].pk, lines[2].pk]
        assert "50,00" in ahead.left[0][1]
        assert (ahead.total, ahead.people) == (Decimal("200.00"), 2)
        outcome = approve_lines(lines, moment=NOW, by=treasurer)
    assert [line.pk for line in outcome.done] == [line.pk for line in ahead.done]
    assert [line.pk for line, _reason in outcome.left] == [line.pk for line, _reason in ahead.left]
    assert states(*lines) == ["approved", "checked", "approved"]


def test_only_what_was_shown_goes_through_and_never_another_cpts(client, cpts, me):
    elsewhere = factories.cpts("d’ailleurs")
    make.pay_rate(elsewhere, "60.00")
    here, shown, foreign = declared(officer(cpts)), declared(officer(cpts)), declared(officer(elsewhere))
    client.post(address("lines-check", cpts, here, shown, foreign), rows(shown, foreign))
    assert states(here, shown, foreign) == ["declared", "checked", "declared"]


def test_nothing_ticked_goes_back_to_the_list_as_it_was_filtered(client, cpts, me):
    answer = client.get(address("lines-check", cpts, query="etat=declared"))
    assert answer.url == f"{reverse('missions:payments', args=[cpts.pk])}?etat=declared"


def test_the_list_offers_what_may_be_ticked(client, cpts, treasurer):
    line, granted = declared(officer(cpts)), approved(officer(cpts), by=treasurer)
    waiting = declared(officer(cpts))
    with everything("test data"):
        PayLine.objects.filter(pk=waiting.pk).update(status="checked", checked_at=datetime(2026, 6, 1, tzinfo=UTC))
    page = text(client.get(reverse("missions:payments", args=[cpts.pk])))
    assert f'name="row" value="{line.pk}"' in page
    assert f'name="row" value="{waiting.pk}"' in page
    assert f'name="row" value="{granted.pk}"' not in page
    assert "Approuver la sélection" in page
    client.force_login(factories.coordinator(cpts))
    page = text(client.get(reverse("missions:payments", args=[cpts.pk])))
    assert "Vérifier la sélection" in page
    assert "Approuver la sélection" not in page
    assert f'name="row" value="{line.pk}"' in page
    assert f'name="row" value="{waiting.pk}"' not in page  # the board approves, the coordination does not


def test_a_row_that_changed_meanwhile_is_said(client, cpts, me):
    one, two = declared(officer(cpts)), declared(officer(cpts))
    with everything("test data"):
        PayLine.objects.filter(pk=two.pk).update(status="checked", checked_at=datetime(2026, 6, 1, tzinfo=UTC))
    done = text(client.post(address("lines-check", cpts, one, two), rows(one, two), follow=True))
    assert "elle a changé entre-temps" in done
    assert "1 laissée de côté" in done


def test_each_row_more_asks_only_who_is_paid(client, cpts, me):
    lines = [declared(officer(cpts)) for _ in range(3)]

    def count(*some: PayLine) -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(address("lines-check", cpts, *some))
        return len(found)

    count(lines[0])
    assert count(*lines) - count(lines[0]) == 2 * 2  # by the link, then by the e-mail
