"""The number of queries is the same for a small and a large file, and the plan of the preview is written only as long
as it is true."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpts_portal.core.scoping import everything
from members.models import Payment, Professional
from members.register_import import drafts, previews
from tests import factories
from tests.member_factories import college, fictitious_rpps, professional
from tests.members.register_import.steps import applied, csv, fresh, plan_of, prepared

pytestmark = pytest.mark.django_db
HEADER = "Nom;Prénom;Profession;RPPS;Mail;Téléphone;Ville;CP;Collège;Adhérent depuis;Cotisation 2026;Payé le;Règlement"


def lines(number: int) -> bytes:
    rows = [
        f"Nom{n};Luc;MG;{fictitious_rpps(7000 + n)};n{n}@demo.example;029600{n:04d};Dinan;22100;Soignants;12/03/2024;"
        f"20;{1 + n % 28:02d}/02/2026;virement"
        for n in range(number)
    ]
    return csv(*rows, "EHPAD Essai;;;;;;Dinan;22100;;2024;;;", header=HEADER)


def queries_of(action) -> int:
    with CaptureQueriesContext(connection) as captured, everything("test"):
        action()
    return len(captured)


@pytest.mark.parametrize("is_kept", [True, False])
def test_two_thousand_members_take_the_queries_of_two_hundred(settings, is_kept):
    """Preview, import and second run: fewer than a hundred queries each, whatever the number of lines."""
    factories.commune("22050", "Dinan", postal_codes="22100")
    counted = []
    for number in (200, 2000):
        cpts = factories.cpts()
        college(cpts, "Soignants")
        person = factories.coordinator(cpts)
        imported = prepared(cpts, lines(number), person)
        preview = queries_of(lambda one=imported: previews.plan_of(one))
        if not is_kept:
            with everything("test"):
                previews.forget_plan(fresh(imported))
        written = queries_of(lambda one=imported, by=person: drafts.apply_now(one.pk, by=by))
        again = prepared(cpts, lines(number) + b"\n", person)
        second = queries_of(lambda one=again: previews.plan_of(one))
        with everything("test"):
            assert Professional.objects.filter(cpts=cpts).count() == number
            assert Payment.objects.filter(due__membership__cpts=cpts).count() == number
            assert previews.plan_of(fresh(again)).writes_nothing
        counted.append((preview, written, second))

    assert counted[0] == counted[1]
    assert max(counted[0]) < 100


def test_the_plan_of_the_preview_is_written_as_it_was_shown(cpts, coordinator):
    imported = prepared(cpts, csv("Riou;Luc;MG;;;;;;2024"), coordinator)
    with everything("test"):
        shown = previews.plan_of(imported)
        plan, _known = previews.plan_to_write(fresh(imported))

    assert (plan.counts, [step.record.label for step in plan.steps]) == (shown.counts, ["Luc Riou"])


@pytest.mark.usefixtures("see_everything")
def test_somebody_added_after_the_preview_is_not_created_twice(cpts, coordinator):
    imported = prepared(cpts, csv(f"Riou;Luc;MG;{fictitious_rpps(1)};;;;;2024"), coordinator)
    assert previews.plan_of(imported).counts["people_created"] == 1
    professional(cpts, civil_last_name="Riou", rpps=fictitious_rpps(1))

    done = applied(imported, coordinator)

    assert (done.counts["people_created"], done.counts["linked"]) == (0, 1)
    assert Professional.objects.count() == 1


def test_a_change_in_another_register_leaves_the_preview_true(cpts, coordinator):
    with everything("test"):
        before = previews.register_state(cpts.pk)
        professional(factories.cpts())
        assert previews.register_state(cpts.pk) == before
        professional(cpts)
        assert previews.register_state(cpts.pk) != before


def test_nothing_of_the_plan_is_left_behind_once_written(cpts, coordinator):
    imported = prepared(cpts, csv("Riou;Luc;MG;;;;;;2024"), coordinator)
    with everything("test"):
        previews.plan_of(imported)
        previews.plan_to_write(fresh(imported))
        key = previews.plan_key(fresh(imported))
        assert previews.cache.get_many([key, f"{key}:steps"]) == {}
    assert plan_of(imported).is_applicable
