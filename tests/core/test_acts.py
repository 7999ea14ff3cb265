"""Changing a row: locked, still the one that was shown, valid, in the history under its author's name."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cpts_portal.core.acts import changed, lock, lock_all, lock_key, removed, write
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit
from missions.models import CptsMission
from tests import factories
from tests import mission_factories as missions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
DAY = date(2026, 3, 2)


@pytest.fixture
def mission() -> CptsMission:
    return missions.mission(factories.cpts())


@pytest.fixture
def author():
    return factories.user("auteur@cpts.example")


def test_a_change_is_saved_in_the_history_one_version_further(mission, author):
    with changed(mission, version=str(mission.version), by=author, reason="Démarrage") as locked_mission:
        locked_mission.started_on = DAY
    mission.refresh_from_db()
    latest = mission.history.first()
    assert (mission.started_on, mission.version, locked_mission.version) == (DAY, 1, 1)
    assert (latest.history_user, latest.history_change_reason) == (author, "Démarrage")


def test_who_comes_second_is_told_and_writes_nothing(mission, author):
    shown = str(mission.version)
    with changed(mission, version=shown, by=author) as locked_mission:
        locked_mission.orientations = "La première"
    with pytest.raises(StaleEdit), changed(mission, version=shown, by=author) as locked_mission:
        locked_mission.orientations = "La seconde"
    mission.refresh_from_db()
    assert mission.orientations == "La première"


@pytest.mark.parametrize("sent", ["", "9", 9])
def test_a_version_that_is_not_the_saved_one_is_refused(mission, sent):
    with pytest.raises(StaleEdit), transaction.atomic():
        lock(mission, sent)


def test_an_invalid_row_is_refused_in_words_and_stays_as_it_was(mission, author):
    with pytest.raises(NotPossible, match="motif"), changed(mission, by=author) as locked_mission:
        locked_mission.started_on, locked_mission.stopped_on = DAY, DAY
    mission.refresh_from_db()
    assert (mission.started_on, mission.version) == (None, 0)


def test_a_refusal_in_the_block_writes_nothing(mission, author):
    def start_too_early():
        with changed(mission, by=author) as locked_mission:
            locked_mission.started_on = DAY
            raise NotPossible("Trop tôt.")

    with pytest.raises(NotPossible, match="Trop tôt"):
        start_too_early()
    mission.refresh_from_db()
    assert mission.started_on is None


def test_a_field_left_out_is_not_validated(mission, author):
    with changed(mission, by=author, exclude=["orientations"]) as locked_mission:
        locked_mission.orientations = "Un texte"
    mission.refresh_from_db()
    assert mission.orientations == "Un texte"


def test_a_change_is_saved_by_one_statement_and_recorded_by_another(mission, author):
    with CaptureQueriesContext(connection) as captured, changed(mission, by=author) as locked_mission:
        locked_mission.planned_start = DAY
    words = [query["sql"].split()[0] for query in captured]
    assert [word for word in words if word in ("UPDATE", "INSERT")] == ["UPDATE", "INSERT"]


def test_a_removal_is_recorded_and_may_be_refused(mission, author):
    with pytest.raises(NotPossible), removed(mission, by=author):
        raise NotPossible("Elle a démarré.")
    assert CptsMission.objects.filter(pk=mission.pk).exists()
    with pytest.raises(StaleEdit), removed(mission, by=author, version="7"):
        pass
    with removed(mission, by=author, version="0", reason="Par erreur"):
        pass
    latest = CptsMission.history.first()
    assert (latest.history_type, latest.history_user, latest.history_change_reason) == ("-", author, "Par erreur")


def test_a_new_row_is_valid_and_has_the_version_it_was_given(mission, author):
    cpts = mission.cpts
    with pytest.raises(NotPossible, match="déjà partie"):
        write(CptsMission(cpts=cpts, mission=mission.mission), by=author)
    other = write(CptsMission(cpts=cpts, mission=missions.official("parcours")), by=author)
    assert (other.version, other.history.count()) == (0, 1)


def test_a_table_without_versions_is_written_all_the_same(author):
    person = factories.user("autre@cpts.example")
    with changed(person, by=author) as locked_person:
        locked_person.last_name = "Kerbrat"
    person.refresh_from_db()
    assert (person.last_name, person.history.first().history_user) == ("Kerbrat", author)


def test_rows_are_held_by_key_with_what_is_read_beside_them_and_in_one_order(mission):
    other = missions.mission(mission.cpts, "parcours")
    with transaction.atomic():
        beside = lock(mission, among=CptsMission.objects.select_related("mission"))
        assert "mission" in beside._state.fields_cache
        assert lock_key(CptsMission, other.pk) == other
        assert lock_all(CptsMission.objects.order_by("-pk")) == sorted([mission, other], key=lambda row: row.pk)
