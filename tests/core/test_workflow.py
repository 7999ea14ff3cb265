"""Life cycles: one row, many rows, the portal by itself, and statuses that are read from dates."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit
from cpts_portal.core.workflow import GONE, PAGE, PORTAL, Act, LifeCycle, Move
from missions.models import CptsMission
from tests import factories
from tests import mission_factories as missions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
MOMENT = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = date(2026, 3, 2)


def state_of(mission: CptsMission, _moment: datetime) -> str:
    if mission.stopped_on:
        return "stopped"
    return "started" if mission.started_on else "planned"


def start(mission: CptsMission, act: Act) -> None:
    mission.started_on = act.data.get("on", act.day)


def stop(mission: CptsMission, act: Act) -> None:
    mission.stopped_on, mission.stop_reason = act.day, act.reason


def too_late(mission: CptsMission, act: Act) -> list[str]:
    late = mission.planned_start and mission.planned_start > act.day
    return ["Elle est prévue plus tard.", "Attendez."] if late else []


AFTER: list[str] = []
MISSIONS = LifeCycle(
    [
        Move("start", "Démarrer", "a démarré", ("planned",), PAGE, "started", effect=start, blockers=too_late, note=""),
        Move(
            *("stop", "Arrêter", "a arrêté", ("started",), PAGE | PORTAL, "stopped"),
            effect=stop,
            needs_reason="Dites pourquoi elle s’arrête.",
            wrong_status=lambda mission: f"{mission} n’a pas démarré.",
        ),
        Move("drop", "Retirer", "a retiré", ("planned",), PAGE, GONE),
        Move("lie", "Mentir", "a menti", ("planned",), PAGE, "stopped"),
    ],
    after=lambda _mission, move, _act: AFTER.append(move.name),
    rows=lambda: CptsMission.objects.select_related("mission"),
    wrong_status=lambda mission: f"{mission} a changé.",
    status_of=state_of,
)


@pytest.fixture(autouse=True)
def nothing_followed():
    AFTER.clear()


@pytest.fixture
def mission() -> CptsMission:
    return missions.mission(factories.cpts())


@pytest.fixture
def author():
    return factories.user("auteur@cpts.example")


def act(author, **fields) -> Act:
    return Act(author, **{"roles": PAGE, "moment": MOMENT, "version": None, **fields})


def test_a_move_writes_its_dates_and_its_note(mission, author):
    made = MISSIONS.make(mission, "start", act(author, version="0", data={"on": date(2026, 2, 1)}))
    assert (made.started_on, made.version, AFTER) == (date(2026, 2, 1), 1, ["start"])
    assert made.history.first().history_change_reason is None
    assert "mission" in made._state.fields_cache


def test_the_version_that_was_shown_must_still_stand(mission, author):
    MISSIONS.make(mission, "start", act(author, version="0"))
    with pytest.raises(StaleEdit):
        MISSIONS.make(mission, "stop", act(author, version="0", reason="Faute de bras"))


def test_each_move_has_its_own_words(mission, author):
    with pytest.raises(NotPossible, match="n’a pas démarré"):
        MISSIONS.make(mission, "stop", act(author, reason="Faute de bras"))
    MISSIONS.make(mission, "start", act(author))
    with pytest.raises(NotPossible, match="a changé"):
        MISSIONS.make(mission, "start", act(author))
    with pytest.raises(NotPossible, match=r"^Dites pourquoi elle s’arrête\.$"):
        MISSIONS.make(mission, "stop", act(author, reason=" "))
    stopped = MISSIONS.make(mission, "stop", act(author, reason="Faute de bras"))
    assert stopped.history.first().history_change_reason == "Faute de bras"


def test_every_reason_is_said_at_once(mission, author):
    CptsMission.objects.filter(pk=mission.pk).update(planned_start=date(2026, 9, 1))
    with pytest.raises(NotPossible) as refusal:
        MISSIONS.make(mission, "start", act(author))
    assert refusal.value.reasons == ("Elle est prévue plus tard.", "Attendez.")
    assert str(refusal.value) == refusal.value.message == "Elle est prévue plus tard. Attendez."


def test_a_role_that_is_not_in_the_table_is_denied(mission):
    with pytest.raises(PermissionDenied):
        MISSIONS.make(mission, "start", Act(None, PORTAL, MOMENT, version=None))


def test_what_is_offered_is_what_may_be_done(mission, author):
    assert [offer.move.name for offer in MISSIONS.offers(mission, act(author))] == ["start", "drop", "lie"]
    assert MISSIONS.offers(mission, Act(None, PORTAL, MOMENT)) == []


def test_a_move_that_deletes_its_row_leaves_a_line_in_the_history(mission, author):
    MISSIONS.make(mission, "drop", act(author))
    latest = CptsMission.history.first()
    assert (latest.history_type, latest.history_user, latest.history_change_reason) == ("-", author, "Retirer")
    assert not CptsMission.objects.exists()


def test_a_table_that_says_something_else_than_its_dates_is_a_mistake(mission, author):
    with pytest.raises(RuntimeError, match="leads to planned"):
        MISSIONS.make(mission, "lie", act(author))


def test_the_portal_that_comes_second_does_nothing(mission, author):
    by_itself = Act(None, PORTAL, MOMENT, version=None, reason="Terme dépassé")
    assert not MISSIONS.make_unless_changed(mission, "stop", by_itself)
    MISSIONS.make(mission, "start", act(author))
    assert MISSIONS.make_unless_changed(mission, "stop", by_itself)
    assert not MISSIONS.make_unless_changed(mission, "stop", by_itself)
    mission.refresh_from_db()
    assert (mission.stopped_on, mission.history.first().history_user) == (DAY, None)


def test_one_act_moves_many_rows_or_none(author):
    cpts = factories.cpts()
    rows = [missions.mission(cpts, code) for code in ("acces", "parcours", "prevention")]
    with CaptureQueriesContext(connection) as captured:
        moved = MISSIONS.make_all(rows, "start", act(author))
    assert len([query for query in captured if query["sql"].startswith(("UPDATE", "INSERT"))]) == 3
    assert [row.started_on for row in moved] == [DAY] * 3
    assert AFTER == ["start"] * 3
    saved = list(CptsMission.objects.order_by("pk"))
    assert [(row.started_on, row.version) for row in saved] == [(DAY, 1)] * 3
    assert all(row.history.first().history_user == author for row in saved)
    MISSIONS.make(rows[1], "stop", act(author, reason="Faute de bras"))
    with pytest.raises(NotPossible, match="n’a pas démarré"):
        MISSIONS.make_all(rows, "stop", act(author, reason="Fin"))
    assert CptsMission.objects.filter(stop_reason="Fin").count() == 0


def test_a_row_that_is_gone_stops_the_whole_act(author):
    cpts = factories.cpts()
    rows = [missions.mission(cpts, code) for code in ("acces", "parcours")]
    CptsMission.objects.filter(pk=rows[0].pk).delete()
    with pytest.raises(StaleEdit):
        MISSIONS.make_all(rows, "start", act(author))
    assert MISSIONS.make_all([], "start", act(author)) == []
