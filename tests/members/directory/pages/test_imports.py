"""Administrators import a directory: upload, progress, report, refusals, another try."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.scoping import everything
from members.directory import fictitious_people as fictitious
from members.models import DirectoryEntry, DirectoryImport, DirectoryPractice
from tests import factories
from tests.members.directory.imports.conftest import extract, person
from tests.members.directory.imports.test_finess import official
from tests.members.directory.pages.conftest import browser

pytestmark = pytest.mark.django_db
LIST = "/adherents/annuaire/imports/"
SEPTEMBER, OCTOBER = "PS_LibreAcces_Personne_activite_202609010830.txt", "PS_LibreAcces_202610010830.txt"


def upload(client, *lines: bytes, name: str = SEPTEMBER, content: bytes | None = None, **data):
    body = extract(*lines).getvalue() if content is None else content
    return client.post(LIST, {"source": "rpps", "file": SimpleUploadedFile(name, body), **data})


def imported(client, *lines: bytes, **data) -> DirectoryImport:
    answer = upload(client, *lines, **data)
    assert answer.status_code == 302, answer.context["form"].errors
    return DirectoryImport.objects.order_by("pk").last()


def page(name: str, of: DirectoryImport) -> str:
    return reverse(f"members:directory-import{name}", args=[of.pk])


def errors(answer) -> dict:
    assert answer.status_code == 422
    return dict(answer.context["form"].errors)


def messages(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_the_date_comes_from_the_name_and_the_report_gives_the_figures(as_admin, territory):
    done = imported(as_admin, person(1), person(2, "22278"), person(3, "22113"))
    assert (done.status, done.observed_on.isoformat(), done.author.is_authenticated) == ("applied", "2026-09-01", True)
    assert DirectoryEntry.objects.count() == 2
    context = as_admin.get(page("", done)).context
    assert (context["counts"]["Lignes lues"], context["counts"]["Professionnels"]) == (3, 2)
    assert "Arrivées" not in context["counts"]
    assert context["is_first"] is True


def test_the_file_is_erased_once_applied(as_admin, territory, settings):
    done = imported(as_admin, person(1))
    assert done.file.name == ""
    assert list((settings.MEDIA_ROOT / "imports" / "directory").iterdir()) == []


def test_a_second_import_tells_the_movements_of_each_cpts(as_admin, territory):
    imported(as_admin, person(1, profession="10"), person(2))
    done = imported(as_admin, person(2), person(3), person(4), name=OCTOBER)
    context = as_admin.get(page("", done)).context
    assert list(context["page"]) == [(territory.cpts, ["2\xa0nouveaux infirmiers, 1\xa0médecin parti."])]
    assert (context["counts"]["Arrivées"], context["counts"]["Départs"]) == (2, 1)


def test_refused_lines_are_shown_and_downloaded(as_admin, territory):
    bad = fictitious.line(rpps="123", commune="22093")
    done = imported(as_admin, person(1), bad)
    shown = as_admin.get(page("", done))
    assert [row["line"] for row in shown.context["refused"]] == [3]
    row = shown.context["refused"][0]
    content = as_admin.get(page("-refusals", done)).content.decode("utf-8-sig").splitlines()
    assert content == ["Ligne;Colonne;Valeur;Motif", f"3;{row['column']};{row['value']};{row['reason']}"]


def test_an_extract_of_structures_is_imported_too(as_admin, territory):
    done = imported(as_admin, content=f"{official()}\n".encode(), name="etalab-2026-09-01.csv", source="finess")
    assert (done.source, done.status, done.counts["kept"]) == ("finess", "applied", 1)
    assert as_admin.get(page("", done)).context["counts"]["Structures créées"] == 1


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"name": "extrait.txt"}, "observed_on", "ne dit pas le jour"),
        ({"name": "a.pdf", "content": b"%PDF-1.7"}, "file", "TXT, CSV ou ZIP"),
        ({"name": "a_2026-09-01.txt", "content": b"%PDF-1.7"}, "file", "Ce fichier est un PDF"),
        ({"content": b""}, "file", "est vide"),
        ({"observed_on": "2099-01-01"}, "observed_on", "dans le futur"),
        ({"observed_on": "demain"}, "observed_on", "date valide"),
        ({"source": "autre"}, "source", "valide"),
    ],
)
def test_a_bad_upload_comes_back_with_what_to_do(as_admin, territory, data, field, words):
    found = errors(upload(as_admin, person(1), **data))
    assert list(found) == [field]
    assert words in str(found[field])
    assert DirectoryImport.objects.count() == 0


def test_a_file_over_the_limit_is_refused(as_admin, territory, settings):
    settings.DIRECTORY_UPLOAD_MAX_BYTES = 100
    assert "trop lourd" in str(errors(upload(as_admin, person(1)))["file"])


def test_an_older_file_is_refused_at_once(as_admin, territory):
    imported(as_admin, person(1), name=OCTOBER)
    assert "avant le dernier import" in str(errors(upload(as_admin, person(1)))["observed_on"])


def test_a_wrong_file_fails_with_its_sentence_and_may_be_tried_again(as_admin, territory):
    done = imported(as_admin, content=b"nom;prenom\n")
    assert done.status == "failed"
    shown = as_admin.get(page("", done))
    assert (shown.context["may_try_again"], shown.context["is_heavy_loss"]) == (True, False)
    assert done.failure in shown.content.decode().replace("&#x27;", "'")
    as_admin.post(page("-retry", done))
    done.refresh_from_db()
    assert done.status == "failed"


def test_heavy_losses_are_accepted_after_a_confirmation(as_admin, territory):
    imported(as_admin, *(person(n) for n in range(150)))
    refused = imported(as_admin, person(1), name=OCTOBER)
    assert (refused.status, refused.counts) == ("failed", {"heavy_loss": True})
    question = as_admin.get(page("-accept-losses", refused))
    assert question.context["consequences"][0] == refused.failure
    assert DirectoryPractice.objects.filter(end__isnull=True).count() == 150
    answer = as_admin.post(page("-accept-losses", refused), follow=True)
    assert messages(answer) == ["L’import est relancé ; les départs sont acceptés."]
    refused.refresh_from_db()
    assert refused.status == "applied"
    assert DirectoryPractice.objects.filter(end__isnull=True).count() == 1


def test_losses_are_accepted_only_when_they_were_the_reason(as_admin, territory):
    done = imported(as_admin, content=b"nom;prenom\n")
    assert as_admin.get(page("-accept-losses", done)).url == page("", done)
    answer = as_admin.post(page("-accept-losses", done))
    assert answer.status_code == 422
    assert messages(answer) == ["Cet import n’a pas été refusé pour des pertes : relancez-le sans les accepter."]


def waiting(minutes: int, **fields) -> DirectoryImport:
    started = (timezone.now() - timedelta(minutes=minutes)).isoformat()
    fields = {"status": "running", "counts": {"started_at": started}, **fields}
    return DirectoryImport.objects.create(source="rpps", filename="a.txt", observed_on="2026-09-01", **fields)


def test_progress_is_polled_until_the_import_is_finished(as_admin, territory):
    running = waiting(1)
    assert "hx-get" in as_admin.get(page("", running)).content.decode()
    polled = as_admin.get(page("", running), headers={"hx-request": "true"})
    assert next(t.name for t in polled.templates) == "ui/progress.html"
    DirectoryImport.objects.update(status="applied", counts={})
    finished = as_admin.get(page("", running), headers={"hx-request": "true"})
    assert finished["HX-Redirect"] == page("", running)


@pytest.mark.parametrize(("minutes", "status"), [(31, "failed"), (29, "running")])
def test_only_an_import_older_than_thirty_minutes_is_given_up(as_admin, territory, minutes, status):
    running = waiting(minutes)
    as_admin.post(page("-give-up", running))
    running.refresh_from_db()
    assert running.status == status


def test_one_import_at_a_time_but_a_dead_one_does_not_block(as_admin, territory):
    running = waiting(5)
    assert "Un autre import est en cours" in str(errors(upload(as_admin, person(1))))
    running.counts = {"started_at": (timezone.now() - timedelta(minutes=31)).isoformat()}
    running.save()
    assert imported(as_admin, person(1)).status == "applied"


@pytest.mark.parametrize("role", ["coordinator", "board_member", "observer", "ars_agent"])
def test_only_administrators_import(territory, role):
    attached = {"coordinator": [territory.cpts], "board_member": [territory.cpts], "ars_agent": [territory.cpts.ars]}
    client = browser(getattr(factories, role)(*attached.get(role, [])))
    done = waiting(1)
    for name in ("", "-refusals", "-accept-losses"):
        assert client.get(page(name, done)).status_code == 403
    assert client.get(LIST).status_code == 403
    assert upload(client, person(1)).status_code == 403
    assert client.post(page("-give-up", done)).status_code == 403
    assert client.post(page("-retry", done)).status_code == 403


@pytest.mark.parametrize("name", ["-retry", "-give-up"])
def test_acts_are_posted(as_admin, territory, name):
    assert as_admin.get(page(name, waiting(1))).status_code == 405


def test_the_list_takes_the_same_queries_for_one_and_many(as_admin, territory):
    seen = []
    for count in (1, 20):
        for _ in range(count):
            waiting(40, status="applied", counts={"kept": 3}, author=factories.user())
        with CaptureQueriesContext(connection) as queries:
            assert as_admin.get(LIST).status_code == 200
        seen.append(len(queries))
    assert seen[0] == seen[1] <= 10


def test_bytes_of_the_upload_reach_the_engine_whole(as_admin, territory):
    """A file bigger than the memory limit of uploads goes through the disk."""
    lines = b"".join(person(n, "22113") for n in range(25_000))
    body = io.BytesIO(extract().getvalue() + lines).getvalue()
    assert len(body) > 2_621_440
    with everything("test"):
        assert imported(as_admin, content=body).counts["lines"] == 25_000
