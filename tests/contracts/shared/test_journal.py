"""The journal of a CPTS: shown with its state, exported, checked by a command."""

from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from contracts.models import JournalEntry
from contracts.shared.journal import START, check_journal, digest_of, write_journal
from cpts_portal.core.scoping import everything
from tests import factories

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)


@pytest.fixture
def cpts():
    return factories.cpts()


def write(cpts, count: int) -> None:
    with everything("test data"):
        for number in range(count):
            write_journal(
                cpts, act="submit", subject="Lettre", words=f"Décision {number + 1}", by=None,
                moment=FIRST + timedelta(hours=number), facts={"reason": "Un motif" if number == 0 else ""},
            )  # fmt: skip


def page(cpts, person=None, **query):
    client = Client()
    client.force_login(person or factories.observer())
    return client.get(reverse("contracts:journal", args=[cpts.pk]), query)


def text_of(answer) -> str:
    return answer.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def test_an_intact_journal_says_since_when(cpts):
    write(cpts, 3)
    for person in (
        factories.coordinator(cpts), factories.ars_agent(cpts.ars), factories.fund_agent(cpts.lead_fund), None,
    ):  # fmt: skip
        assert "Inchangé depuis le 12 mars 2026, 3 décisions" in text_of(page(cpts, person))


@pytest.mark.parametrize(
    ("damage", "rank"),
    [
        (lambda rows: rows.filter(rank=2).update(words="Autre chose"), 2),
        (lambda rows: rows.filter(rank=2).update(facts={"reason": "Autre"}), 2),
        (lambda rows: rows.filter(rank=2).delete(), 3),
    ],
)
def test_a_broken_journal_names_its_line(cpts, damage, rank):
    write(cpts, 4)
    write(factories.cpts(), 2)
    with everything("test data"):
        damage(JournalEntry.objects.filter(cpts=cpts))
    body = text_of(page(cpts))
    assert f"Journal rompu à la ligne {rank}" in body
    assert "Inchangé" not in body
    errors = StringIO()
    with pytest.raises(CommandError, match="1") as failure:
        call_command("check_contract_journals", stdout=StringIO(), stderr=errors)
    assert failure.value.returncode == 1
    assert f"{cpts.full_name} (n° {cpts.pk}) : rompu à la ligne {rank} du 12/03/2026" in errors.getvalue()


def test_the_command_says_how_much_it_read(cpts):
    write(cpts, 4)
    write(factories.cpts(), 2)
    out = StringIO()
    call_command("check_contract_journals", stdout=out)
    assert out.getvalue().replace("\u00a0", " ").strip() == "2 journaux intacts, 6 lignes relues."
    out = StringIO()
    call_command("check_contract_journals", cpts=cpts.pk, stdout=out)
    assert out.getvalue().replace("\u00a0", " ").strip() == "1 journal intact, 4 lignes relues."


def test_newest_first_by_pages_and_exported_whole(cpts):
    write(cpts, 60)
    answer = page(cpts)
    assert [row.record.rank for row in answer.context["table"].page.object_list][:2] == [60, 59]
    assert answer.context["total"] == 60
    lines = page(cpts, export="csv").content.decode("utf-8-sig").splitlines()
    assert len(lines) == 61
    assert lines[0] == "N°;Date;Par;Ce qui a été décidé;Motif;Empreinte;Empreinte précédente"
    sheet = load_workbook(BytesIO(page(cpts, export="xlsx", q="Décision 1").content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[-1][0] == 1
    assert rows[-1][4] == "Un motif"
    assert rows[-1][6] == START


def test_an_empty_journal_and_the_journal_of_another_cpts(cpts):
    assert "Aucune décision" in text_of(page(cpts))
    assert page(cpts, factories.coordinator(factories.cpts())).status_code == 404


def test_the_same_number_of_queries_for_one_and_three_lines(cpts, django_assert_max_num_queries):
    person = factories.coordinator(cpts)
    write(cpts, 1)
    page(cpts, person)
    with django_assert_max_num_queries(60) as one:
        page(cpts, person)
    with everything("test data"):
        JournalEntry.objects.all().delete()
    write(cpts, 3)
    with django_assert_max_num_queries(60) as three:
        page(cpts, person)
    assert len(three) == len(one)


def chain(cpts, lines: int) -> None:
    """So many lines at once, each bearing the digest of the one before."""
    rows, previous = [], START
    for rank in range(1, lines + 1):
        row = JournalEntry(
            cpts=cpts, rank=rank, at=FIRST + timedelta(minutes=rank), author="Le portail", act="submit",
            subject="Lettre", words=f"Décision {rank}", facts={"review": rank, "print": "0" * 64}, previous=previous,
        )  # fmt: skip
        row.digest = previous = digest_of(row.told())
        rows.append(row)
    with everything("test data"):
        JournalEntry.objects.bulk_create(rows)


@pytest.mark.parametrize("lines", [1, 1000])
def test_any_number_of_lines_is_checked_with_one_query(cpts, lines, django_assert_num_queries):
    """How long five thousand take: tests/benchmarks/bench_journal.py."""
    chain(cpts, lines)
    with everything("test data"), django_assert_num_queries(1):
        state = check_journal(cpts)
    assert (state.holds, state.lines) == (True, lines)
