"""What an import writes, leaves alone, updates and takes back."""

from datetime import date

import pytest

from cpts_portal.core.history import save_as
from cpts_portal.core.scoping import everything
from cpts_portal.imports.refusals import ImportRefused
from members.models import Contact, Membership, Payment, Professional, Structure
from members.register_import import drafts, previews
from members.register_import.drafts import undo_import
from members.register_import.undoing import why_not_undo
from tests import factories
from tests.member_factories import fictitious_rpps, member, profession, professional
from tests.members.register_import.steps import applied, communes, csv, fresh, plan_of, prepared, reasons

pytestmark = pytest.mark.django_db
UNDATED = "Nom;Prénom;Métier;Adhésion;Cotisation 2026;Payé le"
MARIE = f"DUPONT;Marie;IDEL;{fictitious_rpps(1)};marie@demo.example;0611223344;Dinan;22100;12/03/2024"


@pytest.fixture(autouse=True)
def _dinan(see_everything):
    communes(("22050", "Dinan", "22100"))


def test_a_line_becomes_a_person_with_contacts_place_membership_and_history(cpts, coordinator):
    applied(prepared(cpts, csv(MARIE), coordinator), coordinator)

    person = Professional.objects.get()
    assert (str(person), person.profession.code, person.search) == (
        "Marie Dupont", "60", f"marie dupont {person.rpps}",
    )  # fmt: skip
    assert sorted(person.contacts.values_list("channel", "value")) == [
        ("email", "marie@demo.example"), ("mobile", "06 11 22 33 44"),
    ]  # fmt: skip
    assert person.practices.get().commune.name == "Dinan"
    assert person.memberships.get().start == date(2024, 3, 12)
    written = person.history.get()
    assert (written.history_type, written.history_user, written.history_change_reason) == (
        "+", coordinator, "Import du tableur « adherents.csv »",
    )  # fmt: skip


def test_nothing_is_written_while_a_line_is_refused(cpts, coordinator):
    imported = prepared(cpts, csv(MARIE, "Riou;Luc;Grand Schtroumpf;;;;;;"), coordinator)

    with pytest.raises(ImportRefused, match="1 ligne à corriger"):
        applied(imported, coordinator)
    assert Professional.objects.count() == 0
    assert reasons(plan_of(imported)) == [(3, "profession")]


def test_the_same_rpps_is_linked_and_left_as_it_is(cpts, coordinator):
    known = professional(cpts, civil_last_name="Dupond", rpps=fictitious_rpps(1))

    imported = applied(prepared(cpts, csv(MARIE), coordinator), coordinator)

    assert (imported.counts["linked"], imported.counts["memberships"]) == (1, 1)
    known.refresh_from_db()
    assert (known.civil_last_name, known.contacts.count()) == ("Dupond", 0)


def test_chosen_fields_are_updated_and_come_back_when_undone(cpts, coordinator):
    known = professional(cpts, civil_last_name="Dupont", civil_first_name="Marie", rpps="")
    Contact.objects.create(professional=known, channel="email", value="ancienne@demo.example")
    imported = prepared(cpts, csv(MARIE), coordinator)
    assert plan_of(imported).counts["undecided"] == 1
    drafts.decide(imported, {2: {"action": "update", "with": known.pk, "fields": ["rpps", "email"]}})

    done = applied(imported, coordinator)

    known.refresh_from_db()
    assert (known.rpps, known.version) == (fictitious_rpps(1), 1)
    assert [c.value for c in known.contacts.all()] == ["marie@demo.example"]
    undo_import(done, by=coordinator)
    known.refresh_from_db()
    assert (known.rpps, Membership.objects.count()) == ("", 0)
    assert [c.value for c in known.contacts.all()] == ["ancienne@demo.example"]


def test_undoing_refuses_when_somebody_was_edited_since_and_names_her(cpts, coordinator):
    done = applied(prepared(cpts, csv(MARIE), coordinator), coordinator)
    person = Professional.objects.get()
    person.last_name = "Martin"
    save_as(person, by=coordinator)

    assert "Marie Martin" in why_not_undo(fresh(done))
    with pytest.raises(ImportRefused):
        undo_import(done, by=coordinator)
    assert Professional.objects.count() == 1


def test_undoing_refuses_when_something_was_added_since(cpts, coordinator):
    done = applied(prepared(cpts, csv(MARIE), coordinator), coordinator)
    Contact.objects.create(professional=Professional.objects.get(), channel="phone", value="02 96 00 00 01")

    assert "Marie Dupont" in why_not_undo(fresh(done))


def test_another_person_of_the_same_name_can_be_created(cpts, coordinator):
    professional(cpts, civil_last_name="Dupont", civil_first_name="Marie", rpps="")
    imported = prepared(cpts, csv(MARIE), coordinator)
    drafts.decide(imported, {2: {"action": "create"}})

    assert applied(imported, coordinator).counts["people_created"] == 1


def test_payments_of_two_years_open_their_campaigns_and_are_not_repeated(cpts, coordinator):
    content = csv("Riou;Luc;MG;01/01/2024;20;25", header="Nom;Prénom;Métier;Adhésion;Cotisation 2024;Cotisation 2025")

    applied(prepared(cpts, content, coordinator, day=date(2025, 12, 31)), coordinator)

    receipts = list(Payment.objects.order_by("pk").values_list("amount", "receipt_number"))
    assert [(str(amount), number.split("-", 1)[1]) for amount, number in receipts] == [
        ("20.00", "2024-0001"), ("25.00", "2025-0001"),
    ]  # fmt: skip
    assert plan_of(prepared(cpts, content, coordinator, day=date(2025, 12, 31))).writes_nothing


def test_helloasso_is_recognised_and_cancelled_orders_are_left_out(cpts, coordinator):
    header = (
        "Référence commande;Date de la commande;Statut de la commande;Nom adhérent;Prénom adhérent;Nom payeur;"
        "Prénom payeur;Email payeur;Moyen de paiement;Tarif;Montant tarif;Profession"
    )
    member(cpts, civil_last_name="Riou", civil_first_name="Luc", profession=profession("10"))
    content = csv(
        "1;05/02/2026 10:12;Validé;RIOU;Luc;RIOU;Luc;luc@demo.example;Carte bancaire;Adhésion;20,00;MG",
        "2;06/02/2026 09:00;Annulé;TANGUY;Eva;TANGUY;Eva;eva@demo.example;Carte bancaire;Adhésion;20,00;IDEL",
        header=header,
    )
    imported = prepared(cpts, content, coordinator)
    assert imported.layout == "helloasso"
    drafts.decide_all(imported, "link")

    done = applied(imported, coordinator)

    assert (done.counts["linked"], done.counts["left_out"], done.counts["payments"]) == (1, 1, 1)
    paid = Payment.objects.get()
    assert (paid.method, paid.payer) == ("helloasso", "Luc Riou")


def test_payments_without_a_day_wait_for_the_day_the_coordinator_says(cpts, coordinator):
    content = csv("Riou;Luc;MG;01/01/2024;20;", "Tanguy;Eva;MG;2024;20;03/02/2026", header=UNDATED)

    with pytest.raises(ImportRefused, match="paiements sans date de la colonne « Cotisation 2026 »"):
        prepared(cpts, content, coordinator)
    applied(prepared(cpts, content, coordinator, day=date(2026, 3, 31)), coordinator)

    assert list(Payment.objects.order_by("pk").values_list("paid_on", flat=True)) == [
        date(2026, 3, 31), date(2026, 2, 3),
    ]  # fmt: skip


def test_a_payment_without_a_day_is_refused_on_its_line_when_no_day_was_said(cpts, coordinator):
    """A cell corrected later may empty the day that the line gave."""
    imported = prepared(cpts, csv("Riou;Luc;MG;01/01/2024;20;03/02/2026", header=UNDATED), coordinator)
    drafts.correct(imported, {(2, 5): ""})

    assert [(found.index, found.reason) for found in plan_of(imported).refusals] == [
        (5, "la date de ce paiement manque")
    ]


def test_the_number_of_queries_does_not_grow_with_the_lines(cpts, coordinator, django_assert_max_num_queries):
    rows = [
        f"Nom{n};Luc;MG;{fictitious_rpps(10 + n)};n{n}@demo.example;02960000{n:02d};Dinan;22100;2024" for n in range(60)
    ]
    imported = prepared(cpts, csv(*rows, "EHPAD Essai;;;;;;Dinan;22100;2024"), coordinator)

    with django_assert_max_num_queries(60):
        drafts.apply_now(imported.pk, by=coordinator)
    assert (Professional.objects.count(), Structure.objects.count()) == (60, 1)


def test_another_cpts_is_never_looked_at(cpts, coordinator):
    professional(factories.cpts(), civil_last_name="Dupont", civil_first_name="Marie", rpps=fictitious_rpps(1))

    assert plan_of(prepared(cpts, csv(MARIE), coordinator)).counts["people_created"] == 1


def test_columns_chosen_are_remembered_for_the_next_file(cpts, coordinator):
    content = csv("Riou;Luc;MG;ami", header="Nom;Prénom;Métier;Truc")
    prepared(cpts, content, coordinator, col_3="place")

    with everything("test"):
        made = drafts.deposit(cpts, content + b"\n", "autre.csv", by=coordinator)
        assert drafts.proposed_mapping(made, previews.table_of(made))[3] == "place"
