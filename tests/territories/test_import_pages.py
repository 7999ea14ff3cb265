"""The pages of the commune importer: who may come, what they show, what they refuse, and that nothing is done twice."""

import json
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.scoping import everything
from territories import import_drafts
from territories.commune_import.preparing import guess_vintage
from territories.models import Commune, CommuneImport, Population
from tests import factories
from tests.territories.commune_files import full_file, full_line, simple_file, uploaded

pytestmark = pytest.mark.django_db
Status = CommuneImport.Status
UPLOAD = "/territoires/imports/nouveau/"


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def admin() -> get_user_model():
    return factories.administrator()


@pytest.fixture
def as_admin(client: Client, admin) -> Client:
    client.force_login(admin, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(name: str, imported: CommuneImport) -> str:
    return reverse(f"territories:import-{name}", args=[imported.pk])


def upload(client: Client, content: bytes, name: str = "communes_2026.csv", **data):
    return client.post(UPLOAD, {"file": uploaded(content, name), **data})


def deposited(client: Client, content: bytes, name: str = "communes_2026.csv", **data) -> CommuneImport:
    """Upload a readable file and return what is kept of it."""
    answer = upload(client, content, name, **data)
    assert answer.status_code == 302, answer.context["form"].errors
    return CommuneImport.objects.order_by("pk").last()


def confirm(client: Client, imported: CommuneImport, **extra):
    seen = client.get(page("detail", imported)).context["seen_state"]
    return client.post(page("confirm", imported), {"seen_state": seen}, **extra)


def said(answer) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def applied(client: Client, content: bytes, name: str = "communes_2026.csv") -> CommuneImport:
    imported = deposited(client, content, name)
    confirm(client, imported)
    imported.refresh_from_db()
    assert imported.status == Status.APPLIED, imported.report
    return imported


TWO = full_file(full_line("22001", "Allineuc", 600), full_line("22002", "Andel", 1100))
RENAMED = full_file(full_line("22001", "Allineuc-le-Neuf", 600), full_line("22002", "Andel", 1150))
BAD = full_file(full_line("22001", "Allineuc", 600), full_line("22002", "Andel", "beaucoup"))


# --- Who may come --------------------------------------------------------------------------------------------------
PAGES = ("detail", "abandon", "progress", "report", "refusals", "file", "undo")
ACTS = ("confirm", "successors", "forget-successors", "resume")


@pytest.fixture
def kept() -> CommuneImport:
    factories.department("22")
    return CommuneImport.objects.create(filename="x.csv", sha256="0" * 64, vintage=2026)


@pytest.mark.parametrize("name", [*PAGES, *ACTS])
def test_import_pages_send_strangers_to_the_login_page(client, kept, name):
    answer = client.get(page(name, kept))

    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("name", [*PAGES, *ACTS])
def test_import_pages_are_closed_to_coordinators(client, kept, name):
    coordinator = factories.coordinator(factories.cpts())
    client.force_login(coordinator, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get(page(name, kept)).status_code == 403


@pytest.mark.parametrize("name", ["territories:import-list", "territories:import-upload"])
def test_list_and_upload_are_closed_to_agents(client, name):
    agent = factories.ars_agent(factories.agency())
    client.force_login(agent, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", ACTS)
def test_acts_refuse_to_be_opened_as_pages(as_admin, kept, name):
    assert as_admin.get(page(name, kept)).status_code == 405


@pytest.mark.parametrize("name", [*PAGES, *ACTS])
def test_an_unknown_import_is_not_found(as_admin, kept, name):
    kept.pk += 1

    assert getattr(as_admin, "post" if name in ACTS else "get")(page(name, kept)).status_code == 404


# --- Accepted formats ----------------------------------------------------------------------------------------------
def test_formats_are_published_without_an_account(client):
    answer = client.get(reverse("territories:import-formats"))

    assert answer.status_code == 200
    assert "Liste simple : code, nom, population" in answer.content.decode()


def test_a_template_opens_in_a_french_spreadsheet(client):
    answer = client.get(reverse("territories:import-template", args=["minimal"]))

    assert answer.content.decode().splitlines()[0] == "\ufeffcode;nom;population"


def test_the_published_schema_names_the_columns_of_the_template(client):
    template = client.get(reverse("territories:import-template", args=["portal"]))
    schema = json.loads(client.get(reverse("territories:import-schema", args=["portal"])).content)

    header = template.content.decode("utf-8-sig").splitlines()[0]
    assert [field["name"] for field in schema["fields"]] == header.split(";")


@pytest.mark.parametrize("name", ["import-template", "import-schema"])
def test_an_unknown_format_is_not_found(client, name):
    assert client.get(reverse(f"territories:{name}", args=["nimporte"])).status_code == 404


# --- Upload --------------------------------------------------------------------------------------------------------
def test_upload_page_explains_the_accepted_formats(as_admin):
    answer = as_admin.get(UPLOAD)

    assert answer.status_code == 200
    assert len(answer.context["layouts"]) == 6


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "communes_2026.csv", "Le fichier « communes_2026.csv » est vide."),
        (b"%PDF-1.7 ...", "communes_2026.pdf", "Ce fichier est un PDF."),
        (b"\x89PNG\r\n\x1a\n...", "carte_2026.png", "Ce fichier est une image."),
        (b"\xd0\xcf\x11\xe0....", "communes_2026.xls", "Ce fichier est un ancien classeur Excel (.xls)."),
    ],
)
def test_what_is_not_a_table_is_refused_with_a_sentence(as_admin, content, name, sentence):
    answer = upload(as_admin, content, name)

    assert answer.status_code == 422
    assert answer.context["form"].errors["file"][0].startswith(sentence)
    assert not CommuneImport.objects.exists()


def test_a_file_over_the_limit_is_refused_with_the_limit(as_admin, settings):
    settings.UPLOAD_MAX_BYTES = 10

    answer = upload(as_admin, b"code;nom;population\n")

    assert "trop lourd (20\xa0octets ; au plus 10\xa0octets)" in answer.context["form"].errors["file"][0]


def test_a_missing_file_is_asked_for(as_admin):
    answer = as_admin.post(UPLOAD, {"vintage": "2026"})

    assert answer.context["form"].errors == {"file": ["Choisissez le fichier à importer."]}
    assert answer.context["form"]["vintage"].value() == "2026"


def test_a_file_whose_name_says_no_year_needs_a_vintage(as_admin):
    answer = upload(as_admin, TWO, "communes.csv")

    assert answer.context["form"].errors == {
        "vintage": ["Le nom « communes.csv » ne dit pas l’année : indiquez le millésime du fichier."]
    }


@pytest.mark.parametrize("year", ["bientôt", "1789", "3000"])
def test_an_absurd_vintage_is_refused(as_admin, year):
    answer = upload(as_admin, TWO, vintage=year)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["vintage"]


def test_unknown_columns_are_refused_with_the_expected_ones(as_admin):
    answer = upload(as_admin, b"couleur;forme\nrouge;rond\n")

    assert answer.status_code == 422
    assert "code ; nom ; population" in answer.context["form"].errors["file"][0]
    assert not CommuneImport.objects.exists()


def test_the_vintage_typed_wins_over_the_name_of_the_file(as_admin):
    factories.department("22")

    assert deposited(as_admin, TWO, "communes_2024.csv", vintage="2026").vintage == 2026


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("communes_2026.csv", 2026),
        ("v_commune_2024.csv", 2024),
        ("communes-01012026.xlsx", 2026),
        ("de_2024_a_2026.csv", None),
        ("communes.csv", None),
    ],
)
def test_the_vintage_is_guessed_from_the_name(name, year):
    assert guess_vintage(name) == year


def test_the_same_file_uploaded_twice_waits_once(as_admin):
    factories.department("22")

    first, second = deposited(as_admin, TWO), deposited(as_admin, TWO)

    assert (first, CommuneImport.objects.count()) == (second, 1)


# --- Preview -------------------------------------------------------------------------------------------------------
def test_preview_says_what_would_change_and_writes_nothing(as_admin):
    applied(as_admin, TWO, "communes_2024.csv")

    imported = deposited(as_admin, RENAMED)
    answer = as_admin.get(page("detail", imported))

    counts = answer.context["plan"].counts
    assert {key: counts[key] for key in ("created", "renamed", "unchanged", "ended", "refused")} == {
        "created": 0,
        "renamed": 1,
        "unchanged": 1,
        "ended": 0,
        "refused": 0,
    }
    assert set(Commune.objects.values_list("name", flat=True)) == {"Allineuc", "Andel"}


def test_preview_shows_only_what_changes_filtered_by_kind(as_admin):
    applied(as_admin, TWO, "communes_2024.csv")
    imported = deposited(as_admin, RENAMED)

    every = as_admin.get(page("detail", imported), {"volet": "changements"})
    names = as_admin.get(page("detail", imported), {"volet": "changements", "nature": "nom"})

    assert [(row.record.before, row.record.after) for row in names.context["table"].rows] == [
        ("Allineuc", "Allineuc-le-Neuf")
    ]
    assert {row.record.code for row in every.context["table"].rows} <= {"22001", "22002"}


def test_a_preview_of_thousands_of_communes_stays_a_small_page(as_admin):
    factories.department("22")
    lines = [full_line(f"22{number:03d}", f"Commune {number}", 100 + number) for number in range(1, 1000)]
    imported = deposited(as_admin, full_file(*lines))

    answer = as_admin.get(page("detail", imported), {"volet": "changements"})

    assert answer.context["plan"].counts["created"] == 999
    assert len(answer.context["table"].page.object_list) == 50
    assert len(answer.content) < 200_000


def test_a_page_number_out_of_bounds_shows_a_page(as_admin):
    factories.department("22")
    imported = deposited(as_admin, TWO)

    assert as_admin.get(page("detail", imported), {"volet": "changements", "page": "999"}).status_code == 200


def test_doubtful_readings_are_told_in_sentences(as_admin):
    factories.commune("22001", "Allineuc")
    imported = deposited(as_admin, simple_file([("22001", "Allineuc", "14\u202f854")]))

    answer = as_admin.get(page("detail", imported), {"volet": "lectures"})

    assert "« 14\u202f854 » lu « 14854 »" in answer.context["table"].rows[0].record.sentence


def test_a_file_with_a_bad_line_is_kept_as_refused_and_cannot_be_confirmed(as_admin):
    factories.department("22")
    imported = deposited(as_admin, BAD)

    assert imported.status == Status.REFUSED
    assert as_admin.get(page("detail", imported)).url == page("report", imported)
    answer = as_admin.get(page("report", imported))
    refused = answer.context["table"].rows[0].record
    assert (refused.line, refused.column, refused.value) == (3, "PMUN", "beaucoup")
    as_admin.post(page("confirm", imported), {"seen_state": import_drafts.map_state()})
    assert not Commune.objects.exists()


def test_refused_lines_are_downloaded_as_csv(as_admin):
    factories.department("22")
    imported = deposited(as_admin, BAD)

    rows = as_admin.get(page("refusals", imported)).content.decode("utf-8-sig").splitlines()

    assert rows[0] == "Ligne;Colonne;Valeur;Motif"
    assert rows[1].startswith("3;PMUN;beaucoup;")


def test_the_file_is_given_back_as_it_was_uploaded(as_admin):
    factories.department("22")
    imported = deposited(as_admin, TWO)

    answer = as_admin.get(page("file", imported))

    assert b"".join(answer.streaming_content) == TWO
    assert 'filename="communes_2026.csv"' in answer["Content-Disposition"]


def test_the_same_file_again_says_it_was_applied_and_changes_nothing(as_admin):
    first = applied(as_admin, TWO)
    second = deposited(as_admin, TWO)

    answer = as_admin.get(page("detail", second))

    assert second != first
    assert answer.context["already"] == first
    assert answer.context["plan"].writes_nothing
    assert "Confirmer l’import" not in answer.content.decode()


# --- Successors chosen by hand -------------------------------------------------------------------------------------
@pytest.fixture
def vanishing(as_admin) -> CommuneImport:
    """A draft whose file forgets a commune that a CPTS holds, without saying what became of it."""
    applied(as_admin, TWO, "communes_2024.csv")
    territory = factories.cpts("des Deux Rives")
    factories.in_territory(territory, Commune.objects.get(code="22001"))
    return deposited(as_admin, full_file(full_line("22002", "Andel", 1700)))


def test_an_unknown_successor_blocks_until_it_is_chosen(as_admin, vanishing):
    before = as_admin.get(page("detail", vanishing))
    confirm(as_admin, vanishing)
    vanishing.refresh_from_db()

    assert not before.context["plan"].is_applicable
    assert vanishing.status == Status.PREVIEW

    as_admin.post(page("successors", vanishing), {"code_22001": "22002"})
    after = as_admin.get(page("detail", vanishing))

    assert after.context["plan"].is_applicable
    assert [gone.successor_code for gone in after.context["plan"].ended] == ["22002"]


def test_a_malformed_successor_comes_back_with_its_error(as_admin, vanishing):
    answer = as_admin.post(page("successors", vanishing), {"code_22001": "ici"})

    assert answer.status_code == 422
    assert "5 caractères" in answer.context["form"].errors["code_22001"][0]
    assert answer.context["form"]["code_22001"].value() == "ici"


def test_chosen_successors_may_be_chosen_again(as_admin, vanishing):
    as_admin.post(page("successors", vanishing), {"code_22001": "22002"})
    as_admin.post(page("forget-successors", vanishing))

    assert not as_admin.get(page("detail", vanishing)).context["plan"].is_applicable


# --- Confirmation --------------------------------------------------------------------------------------------------
def test_upload_preview_confirm_report_undo(as_admin, admin):
    applied(as_admin, TWO, "communes_2024.csv")
    imported = deposited(as_admin, RENAMED)

    answer = confirm(as_admin, imported, follow=True)

    imported.refresh_from_db()
    assert (imported.status, imported.author) == (Status.APPLIED, admin)
    assert answer.request["PATH_INFO"] == page("report", imported)
    assert set(Commune.objects.values_list("name", flat=True)) == {"Allineuc-le-Neuf", "Andel"}
    report = as_admin.get(page("report", imported), {"volet": "changements", "nature": "name"})
    assert [(row.record.before, row.record.after) for row in report.context["table"].rows] == [
        ("Allineuc", "Allineuc-le-Neuf")
    ]

    question = as_admin.get(page("undo", imported))
    done = as_admin.post(page("undo", imported), follow=True)

    assert question.context["consequences"][-1].endswith("marqué comme annulé.")
    imported.refresh_from_db()
    assert imported.status == Status.UNDONE
    assert done.request["PATH_INFO"] == page("report", imported)
    assert set(Commune.objects.values_list("name", flat=True)) == {"Allineuc", "Andel"}


def test_reloading_a_confirmation_applies_once_and_says_so(as_admin):
    factories.department("22")
    imported = applied(as_admin, TWO)
    moment = imported.applied_at

    answer = as_admin.post(page("confirm", imported), {"seen_state": import_drafts.map_state()}, follow=True)

    imported.refresh_from_db()
    assert imported.applied_at == moment
    assert said(answer) == ["Cet import n’attend plus de confirmation : il a déjà été appliqué ou abandonné."]


def test_a_preview_made_before_another_import_is_not_applied_blindly(as_admin):
    factories.department("22")
    mine = deposited(as_admin, TWO)
    seen = as_admin.get(page("detail", mine)).context["seen_state"]
    applied(as_admin, RENAMED, "communes_2025.csv")

    answer = as_admin.post(page("confirm", mine), {"seen_state": seen}, follow=True)

    mine.refresh_from_db()
    assert mine.status == Status.PREVIEW
    assert said(answer)[0].startswith("Un autre import a été appliqué ou annulé depuis cet aperçu.")


def test_a_second_administrator_is_told_who_is_importing(as_admin, client):
    factories.department("22")
    mine = deposited(as_admin, TWO)
    other = factories.administrator(first_name="Dominique", last_name="Exemple")
    CommuneImport.objects.create(
        filename="autre_2026.csv", sha256="1" * 64, vintage=2026, status=Status.RUNNING, author=other
    )

    answer = confirm(as_admin, mine, follow=True)

    mine.refresh_from_db()
    assert mine.status == Status.PREVIEW
    assert said(answer)[0].startswith("Un autre import est en cours : « autre_2026.csv », lancé par Dominique Exemple.")


def test_an_interrupted_import_does_not_stand_in_the_way(as_admin):
    factories.department("22")
    mine = deposited(as_admin, TWO)
    running(started_at=(timezone.now() - timedelta(hours=1)).isoformat())

    confirm(as_admin, mine)

    mine.refresh_from_db()
    assert mine.status == Status.APPLIED


def test_a_file_that_changes_nothing_is_not_applied_again(as_admin):
    factories.department("22")
    applied(as_admin, TWO)
    again = deposited(as_admin, TWO)

    answer = confirm(as_admin, again, follow=True)

    again.refresh_from_db()
    assert again.status == Status.PREVIEW
    assert said(answer)[0].startswith("Il n’y a rien à appliquer")


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_the_same_moment_apply_one_import(as_admin, admin):
    factories.department("22")
    drafts = [deposited(as_admin, TWO, "communes_2025.csv"), deposited(as_admin, RENAMED, "communes_2026.csv")]
    state, together, sentences = import_drafts.map_state(), Barrier(2), []

    def confirm_one(draft: CommuneImport) -> None:
        with everything("two administrators at once"):
            together.wait()
            try:
                import_drafts.confirm(draft, seen_state=state, by=admin)
            except import_drafts.ImportConflict as conflict:
                sentences.append(str(conflict))
        connection.close()

    threads = [Thread(target=confirm_one, args=[draft]) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    statuses = CommuneImport.objects.filter(pk__in=[draft.pk for draft in drafts]).values_list("status", flat=True)
    assert sorted(statuses) == [Status.APPLIED, Status.PREVIEW]
    assert len(sentences) == 1
    assert sentences[0].startswith("Un autre import")


def test_a_job_that_fails_writes_nothing_and_leaves_its_sentence(as_admin):
    factories.department("22")
    imported = deposited(as_admin, TWO)
    as_admin.get(page("detail", imported))
    imported.file.storage.delete(imported.file.name)

    answer = confirm(as_admin, imported, follow=True)

    imported.refresh_from_db()
    assert imported.status == Status.FAILED
    assert answer.request["PATH_INFO"] == page("report", imported)
    assert "Une erreur inattendue a interrompu l’import. Rien n’a été écrit" in answer.content.decode()
    assert not Commune.objects.exists()


def test_a_failed_import_may_be_taken_up_again(as_admin):
    factories.department("22")
    imported = deposited(as_admin, TWO)
    CommuneImport.objects.filter(pk=imported.pk).update(status=Status.FAILED, report={"failure": "Panne."})

    as_admin.post(page("resume", imported))

    imported.refresh_from_db()
    assert imported.status == Status.PREVIEW


# --- Progress ------------------------------------------------------------------------------------------------------
def running(**report) -> CommuneImport:
    return CommuneImport.objects.create(
        filename="x_2026.csv", sha256="2" * 64, vintage=2026, status=Status.RUNNING, report=report
    )


def test_progress_is_shown_and_polled(as_admin):
    imported = running(started_at=timezone.now().isoformat())

    whole = as_admin.get(page("progress", imported))
    piece = as_admin.get(page("progress", imported), headers={"HX-Request": "true"})

    assert next(template.name for template in whole.templates) == "territories/imports/progress.html"
    assert next(template.name for template in piece.templates) == "ui/progress.html"


def test_progress_leads_to_the_report_once_finished(as_admin):
    imported = running()
    CommuneImport.objects.filter(pk=imported.pk).update(status=Status.APPLIED)

    whole = as_admin.get(page("progress", imported))
    piece = as_admin.get(page("progress", imported), headers={"HX-Request": "true"})

    assert (whole.status_code, whole.url) == (302, page("detail", imported))
    assert (piece.status_code, piece["HX-Redirect"]) == (200, page("detail", imported))


def test_an_interrupted_import_may_be_taken_up_again_but_not_a_running_one(as_admin):
    lively = running(started_at=timezone.now().isoformat())
    dead = running(started_at=(timezone.now() - timedelta(hours=1)).isoformat())

    as_admin.post(page("resume", lively))
    as_admin.post(page("resume", dead))

    lively.refresh_from_db()
    dead.refresh_from_db()
    assert (lively.status, dead.status) == (Status.RUNNING, Status.PREVIEW)


# --- Giving up, undoing --------------------------------------------------------------------------------------------
def test_giving_up_forgets_the_draft_and_its_file(as_admin, django_capture_on_commit_callbacks):
    factories.department("22")
    imported = deposited(as_admin, TWO)
    storage, name = imported.file.storage, imported.file.name

    assert as_admin.get(page("abandon", imported)).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        as_admin.post(page("abandon", imported))

    assert not CommuneImport.objects.exists()
    assert not storage.exists(name)


def test_an_applied_import_cannot_be_given_up(as_admin):
    factories.department("22")
    imported = applied(as_admin, TWO)

    answer = as_admin.post(page("abandon", imported), follow=True)

    assert said(answer) == ["Cet import n’attend plus de décision : il a été confirmé ou abandonné entre-temps."]
    assert CommuneImport.objects.filter(pk=imported.pk).exists()


def test_only_the_last_import_may_be_undone(as_admin):
    factories.department("22")
    first = applied(as_admin, TWO, "communes_2024.csv")
    applied(as_admin, RENAMED)

    answer = as_admin.post(page("undo", first), follow=True)

    first.refresh_from_db()
    assert first.status == Status.APPLIED
    assert len(said(answer)) == 1
    assert set(Commune.objects.values_list("name", flat=True)) == {"Allineuc-le-Neuf", "Andel"}


def test_undoing_twice_undoes_once(as_admin):
    factories.department("22")
    applied(as_admin, TWO, "communes_2024.csv")
    second = applied(as_admin, RENAMED)

    as_admin.post(page("undo", second))
    as_admin.post(page("undo", second))

    assert list(CommuneImport.objects.order_by("pk").values_list("status", flat=True)) == [
        Status.APPLIED,
        Status.UNDONE,
    ]


# --- List ----------------------------------------------------------------------------------------------------------
def test_the_empty_list_proposes_to_import(as_admin):
    assert "Aucun fichier de communes n’a encore été importé" in (
        as_admin.get(reverse("territories:import-list")).content.decode()
    )


def test_the_list_shows_each_import_and_proposes_to_undo_the_last(as_admin):
    factories.department("22")
    last = applied(as_admin, TWO)

    answer = as_admin.get(reverse("territories:import-list"))

    assert [row.record for row in answer.context["table"].rows] == [last]
    assert page("undo", last) in answer.content.decode()


@pytest.mark.parametrize("name", ["list", "report"])
def test_lists_take_the_same_queries_for_one_and_three_rows(as_admin, name):
    factories.department("22")
    counted = []
    for number in (1, 3):
        for _ in range(number):
            applied(as_admin, simple_rows(number), f"communes_{2020 + CommuneImport.objects.count()}.csv")
        last = CommuneImport.objects.latest("pk")
        url = reverse("territories:import-list") if name == "list" else page("report", last)
        counted.append(queries_of(as_admin, url))

    assert counted[0] == counted[1]


def simple_rows(number: int) -> bytes:
    """A simple file over `number` communes, with populations that no earlier file has given."""
    codes = [f"22{place:03d}" for place in range(1, number + 1)]
    for code in codes:
        if not Commune.objects.filter(code=code).exists():
            factories.commune(code, population=None)
    seen = Population.objects.count()
    return simple_file([(code, f"Commune {code}", 500 + seen) for code in codes])


def queries_of(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


# --- Admin ---------------------------------------------------------------------------------------------------------
def test_adding_an_import_in_the_admin_leads_to_the_upload_page(as_admin):
    answer = as_admin.get(reverse("admin:territories_communeimport_add"))

    assert (answer.status_code, answer.url) == (302, UPLOAD)


def test_an_import_is_read_in_the_admin_and_linked_to_its_page(as_admin):
    factories.department("22")
    imported = applied(as_admin, TWO)

    answer = as_admin.get(reverse("admin:territories_communeimport_change", args=[imported.pk]))

    assert answer.status_code == 200
    assert page("detail", imported) in answer.content.decode()


@pytest.mark.parametrize("name", ["communeimport_add", "communeimport_changelist"])
def test_imports_are_closed_to_coordinators_in_the_admin(client, name):
    coordinator = factories.coordinator(factories.cpts())
    client.force_login(coordinator, backend="allauth.account.auth_backends.AuthenticationBackend")

    assert client.get(reverse(f"admin:territories_{name}")).status_code == 403


@pytest.mark.parametrize("name", ["communeimport", "communechange"])
def test_imports_and_their_changes_are_searched_in_the_admin(as_admin, name):
    applied(as_admin, TWO, "communes_2024.csv")
    applied(as_admin, RENAMED)

    answer = as_admin.get(reverse(f"admin:territories_{name}_changelist"), {"q": "allineuc"})

    assert answer.status_code == 200
    assert answer.context["cl"].result_count == (0 if name == "communeimport" else 1)
