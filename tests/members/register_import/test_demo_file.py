"""The spreadsheet shipped with the portal: 300 messy lines, twelve kinds of error, twenty duplicates."""

from collections import Counter
from io import BytesIO

import pytest
from openpyxl import load_workbook

from cpts_portal.core.scoping import everything
from members.models import Contact, Membership, Payment, Profession, Professional, RegisterImport, Structure
from members.register_import.columns import IGNORE
from members.shared.recognition import recognise
from tests.benchmarks import demo_register as demo
from tests.member_factories import professional
from tests.members.register_import.steps import communes, confirm, page, plan_of, uploaded

pytestmark = pytest.mark.django_db
KNOWN = 12  # people of the file who are in the register already, with an RPPS


@pytest.fixture(autouse=True)
def _places():
    communes(*((code, name, postal) for postal, name, code in demo.PLACES))
    communes(("22312", "Saint-Martin", "22900"), ("22313", "Saint-Martin", "22901"))


@pytest.fixture
def known_people(cpts):
    """Twelve people of the file are already in the register: six by RPPS, six by name and profession."""

    numbers = [n for n in range(60, 200) if n % 4 and n + demo.FIRST_LINE not in demo.ERRORS]
    numbers = [n for n in numbers if n not in demo.REPEATED_PEOPLE][:KNOWN]
    for place, number in enumerate(numbers):
        row = demo.rows()[number]
        code = recognise(row[2]).profession
        found = Profession.objects.get(nomenclature=code[0], code=code[1])
        rpps = row[3] if place < 6 else ""
        professional(cpts, civil_last_name=row[0], civil_first_name=row[1], profession=found, rpps=rpps)


def dropped(client, cpts) -> RegisterImport:
    url = f"/adherents/{cpts.pk}/imports/nouveau/"
    answer = client.post(url, {"file": uploaded(demo.TARGET.read_bytes(), "registre_demo.xlsx")})
    assert answer.status_code == 302, answer.context["form"].errors
    with everything("test"):
        return RegisterImport.objects.latest("pk")


def test_the_file_shipped_is_the_one_the_script_writes(tmp_path):
    demo.write(tmp_path / "again.xlsx")

    def values(path):
        return list(load_workbook(BytesIO(path.read_bytes())).active.iter_rows(values_only=True))

    assert values(tmp_path / "again.xlsx") == values(demo.TARGET)


def test_columns_errors_duplicates_and_counts_then_nothing_more(as_coordinator, cpts, coordinator, known_people):
    imported = dropped(as_coordinator, cpts)

    proposed = _columns_accepted(as_coordinator, imported)

    # Three colleges are unknown: two are created, the third is a mistake.
    plan = plan_of(imported)
    assert set(plan.unknown_colleges) == {*demo.COLLEGES[:2], "Collège mystère"}
    as_coordinator.post(page("correct", imported), {"college": list(demo.COLLEGES[:2])})

    # Every mistake is found on its line, and nothing else.
    plan = plan_of(imported)
    assert {found.line: found.kind for found in plan.refusals} == demo.ERRORS
    assert len({found.kind for found in plan.refusals}) == 14
    assert Counter(found.kind for found in plan.refusals)["twice"] == 20

    # Six lines are cards by RPPS, six look like a card by name: all linked in one choice.
    assert plan.counts["undecided"] == 6
    as_coordinator.post(page("decide", imported), {"all": "link"})

    # One mistake is corrected on the page, the other lines are left out.
    line = next(line for line, kind in demo.ERRORS.items() if kind == "email")
    as_coordinator.post(page("correct", imported), {f"cell-{line}-4": "corrige@demo.example"})
    as_coordinator.post(page("correct", imported), {"leave_all": "1"})

    refused = len(demo.ERRORS) - 1
    plan = plan_of(imported)
    assert plan.reasons == []
    created = 270 - (len(demo.SPOILED) - 1) - KNOWN
    assert {
        key: plan.counts[key] for key in ("rows", "people_created", "structures_created", "linked", "left_out")
    } == {
        "rows": 300,
        "people_created": created,
        "structures_created": 10,
        "linked": KNOWN,
        "left_out": refused,
    }

    answer = confirm(as_coordinator, imported)
    assert answer.status_code == 302
    with everything("test"):
        imported.refresh_from_db()
        assert (imported.status, imported.failure) == ("applied", "")
        assert Professional.objects.filter(cpts=cpts).count() == created + KNOWN
        assert Structure.objects.filter(cpts=cpts).count() == 10
        assert Membership.objects.filter(cpts=cpts).count() == created + KNOWN + 10
        assert Professional.history.filter(history_type="+").count() == created + KNOWN
        assert Payment.objects.count() == plan.counts["payments"] > 100
        assert Contact.objects.filter(value="corrige@demo.example").count() == 1

    _nothing_more_on_a_second_run(as_coordinator, cpts, proposed, created + KNOWN + 10)


def _columns_accepted(as_coordinator, imported) -> dict[str, str]:
    """The columns proposed from two header lines, accepted as they are."""
    form = as_coordinator.get(page("mapping", imported)).context["form"]
    proposed = {name: form[name].initial for name in form.fields}
    assert [label for label in proposed.values() if label and label != IGNORE] == [
        "civil_last_name", "civil_first_name", "profession", "rpps", "email", "phone", "mobile", "place", "address",
        "postal_code", "commune", "college", "member_since", "left_on", "paid_amount", "paid_on", "method", "mode",
    ]  # fmt: skip
    # The payments of the file have no day: it is asked for.
    refused = as_coordinator.post(page("mapping", imported), {**proposed, "date-14": ""})
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["date-14"])
    said = {**proposed, "date-14": "2026-03-31"}
    assert as_coordinator.post(page("mapping", imported), said).status_code == 302
    return said


def _nothing_more_on_a_second_run(client, cpts, proposed, known: int) -> None:
    """The same file again, with the same choices: nothing to write."""
    again = dropped(client, cpts)
    client.post(page("mapping", again), proposed)
    plan = plan_of(again)
    assert plan.reasons == []
    assert plan.writes_nothing
    assert plan.counts["linked"] == known
    assert b"Rien ne change" in client.get(page("detail", again)).content
