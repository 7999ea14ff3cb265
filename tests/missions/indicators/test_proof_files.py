"""The file of a proof: who opens it, how the browser shows it, what the log keeps, what agencies read instead."""

import hashlib
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpts_portal.core.scoping import everything
from members.models import PersonalDataExport
from missions.models import Proof
from tests import factories
from tests import mission_factories as make

pytestmark = pytest.mark.django_db
SHA = hashlib.sha256(b"%PDF-1.7 essai").hexdigest()


@pytest.fixture
def cpts(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return factories.cpts("du Penthièvre")


@pytest.fixture
def target(cpts):
    start = timezone.localdate().replace(month=1, day=1)
    make.exercise(cpts, 1, start=start)
    return make.target(make.indicator(cpts))


def proof(target, content: bytes = b"%PDF-1.7 essai", name: str = "feuille.pdf", **fields) -> Proof:
    defaults = {"kind": "attendance", "title": "Feuille du 3 mars", "content_type": "application/pdf"}
    defaults["sha256"] = hashlib.sha256(content).hexdigest()
    made = Proof(target=target, filename=name, size=len(content), **{**defaults, **fields})
    with everything("test data"):
        made.file.save(name, ContentFile(content))
    return made


def at_file(of: Proof) -> str:
    return reverse("missions:proof-file", args=[of.target.exercise.cpts_id, of.pk])


def indicator_page(target) -> str:
    return reverse("missions:indicator-detail", args=[target.exercise.cpts_id, target.indicator_id])


def words(answer) -> str:
    return answer.content.decode().replace("\u202f", " ").replace("\xa0", " ")


def lines() -> list[tuple]:
    with everything("reading back"):
        return list(PersonalDataExport.objects.values_list("what", "author__email", "file_format"))


def agents(cpts):
    return [factories.ars_agent(cpts.ars), factories.fund_agent(cpts.lead_fund), factories.observer()]


def test_an_agency_opens_a_document_and_the_log_says_so(client, cpts, target):
    made = proof(target, kind="document", title="Plaquette")
    agent = factories.ars_agent(cpts.ars)
    client.force_login(agent)
    assert client.get(at_file(made)).getvalue() == b"%PDF-1.7 essai"
    what = f"Preuve n° {made.pk} (Document ou support), personnes non comptées"
    assert lines() == [(what, agent.email, "pdf")]


def test_an_attendance_sheet_is_refused_to_agencies_in_a_plain_sentence(client, cpts, target):
    made = proof(target)
    for agent in agents(cpts):
        client.force_login(agent)
        refused = client.get(at_file(made))
        assert refused.status_code == 403
        assert "Cette feuille d’émargement porte des noms" in words(refused)
    assert lines() == []


def test_the_coordination_and_the_board_open_an_attendance_sheet_and_the_log_says_so(client, cpts, target):
    made = proof(target)
    for user in (factories.coordinator(cpts), factories.board_member(cpts)):
        client.force_login(user)
        answer = client.get(at_file(made))
        assert answer.status_code == 200
        answer.getvalue()  # read to the end, which closes the file
    assert len(lines()) == 2


def test_agencies_read_the_facts_of_a_sheet_without_its_file(client, cpts, target):
    made = proof(target)
    client.force_login(factories.ars_agent(cpts.ars))
    shown = words(client.get(indicator_page(target)))
    assert at_file(made) not in shown
    assert SHA in shown
    client.force_login(factories.coordinator(cpts))
    assert at_file(made) in words(client.get(indicator_page(target)))


def test_agencies_do_not_follow_the_link_of_a_sheet_kept_elsewhere(client, cpts, target):
    address = "https://drive.example.fr/feuille"
    with everything("test data"):
        Proof.objects.create(target=target, kind="attendance", title="Feuille en ligne", link=address)
    client.force_login(factories.ars_agent(cpts.ars))
    assert address not in words(client.get(indicator_page(target)))
    client.force_login(factories.coordinator(cpts))
    assert address in words(client.get(indicator_page(target)))


def locked_meeting(cpts, members: int, others: int):
    lock = {"attendance_locked_at": timezone.now(), "attendance_locked_by": factories.coordinator(cpts)}
    held = make.meeting(cpts, title="Soins non programmés", **lock)
    for number in range(members + others):
        make.attendance(held, presence="present", was_member=number < members)
    make.attendance(held, presence="absent", was_member=True)
    return held


def test_the_attendance_of_a_meeting_is_told_by_its_figures_members_apart(client, cpts, target):
    with everything("test data"):
        held = locked_meeting(cpts, members=2, others=1)
        Proof.objects.create(target=target, kind="attendance", title="Présences", meeting=held)
        name = str(held.attendances.first())
    client.force_login(factories.fund_agent(cpts.lead_fund))
    shown = words(client.get(indicator_page(target)))
    assert "« Soins non programmés », 3 mars 2026" in shown
    assert "3 participants : 2 adhérents, 1 non-adhérent" in shown
    assert "présences verrouillées le" in shown
    assert name not in shown


def test_the_page_takes_as_many_queries_for_one_sheet_as_for_three(client, cpts, target):
    client.force_login(factories.coordinator(cpts))
    counts = []
    for number in (1, 2):
        with everything("test data"):
            for _ in range(number):
                held = locked_meeting(cpts, members=1, others=1)
                Proof.objects.create(target=target, kind="attendance", title="Présences", meeting=held)
        with CaptureQueriesContext(connection) as seen:
            client.get(indicator_page(target))
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("content", "shown_as"),
    [
        (b"%PDF-1.7 essai", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n essai", "image/png"),
        (b"\xff\xd8\xff essai", "image/jpeg"),
        (b"<html><script>alert(1)</script>", None),
        (b"PK\x03\x04 essai", None),
    ],
)
def test_the_browser_shows_what_the_bytes_are_and_saves_the_rest(client, cpts, target, content, shown_as):
    """The type kept with the proof and the name of its file say « PDF » each time: neither is believed."""
    client.force_login(factories.coordinator(cpts))
    answer = client.get(at_file(proof(target, content)))
    assert answer["Content-Type"] == (shown_as or "application/octet-stream")
    assert answer["Content-Disposition"].split(";")[0] == ("inline" if shown_as else "attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    answer.getvalue()  # read to the end, which closes the file


def test_the_link_says_the_type_the_size_and_the_new_tab(client, cpts, target):
    proof(target, kind="document", title="Plaquette")
    proof(target, b"a;b", "liste.csv", kind="report", title="Bilan", content_type="text/csv", sha256="cd" * 32)
    client.force_login(factories.coordinator(cpts))
    shown = words(client.get(indicator_page(target)))
    assert "Plaquette (PDF, 14 octets, nouvel onglet)" in shown
    assert "Bilan (CSV, 3 octets)" in shown


def test_the_proof_of_another_cpts_is_absent(client, target):
    made = proof(target)
    client.force_login(factories.coordinator(factories.cpts("d’ailleurs")))
    assert client.get(at_file(made)).status_code == 404


def test_the_admin_gives_neither_the_name_nor_the_link_of_a_file(client, cpts, target):
    made = proof(target, name="presence-camille-exemple.pdf")
    client.force_login(factories.ars_agent(cpts.ars))
    page = client.get(reverse("admin:missions_proof_change", args=[made.pk]))
    assert "Feuille du 3 mars" in words(page)
    assert "camille-exemple" not in words(page)
    assert client.get(reverse("admin:missions_proof_export")).status_code == 403


class TestAnAlteredFile:
    """The print of a proof is checked at each reading, and every night."""

    def altered(self, target) -> Proof:
        made = proof(target)
        made.file.storage.delete(made.file.name)
        made.file.storage.save(made.file.name, ContentFile(b"%PDF-1.7 autre chose"))
        return made

    def test_it_is_not_given_and_nothing_is_logged_as_given(self, client, cpts, target):
        made = self.altered(target)
        client.force_login(factories.coordinator(cpts))
        answer = client.get(at_file(made), follow=True)
        assert answer.redirect_chain != []
        assert "n’est plus celui qui a été déposé" in words(answer)
        assert lines() == []

    def test_the_nightly_command_names_it_and_fails(self, target):
        proof(target, b"%PDF-1.7 bonne")
        made = self.altered(target)
        errors = StringIO()
        with pytest.raises(CommandError, match=r"1\Wfichier modifié ou absent sur 2"):
            call_command("check_kept_files", stdout=StringIO(), stderr=errors)
        assert f"preuve n° {made.pk} (" in errors.getvalue()

    def test_a_missing_file_is_named_too(self, target):
        made = proof(target)
        made.file.storage.delete(made.file.name)
        with pytest.raises(CommandError, match=r"1\Wfichier modifié ou absent sur 1"):
            call_command("check_kept_files", stdout=StringIO(), stderr=StringIO())

    def test_all_is_well(self, target):
        proof(target)
        out = StringIO()
        call_command("check_kept_files", stdout=out)
        assert out.getvalue().replace("\xa0", " ").replace("\u202f", " ") == "1 fichier intact.\n"
