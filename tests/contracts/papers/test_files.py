"""The documents of a review: places of the step, versions, prints, previews, withdrawals, and who may what."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.models import Document, Review, ReviewKind, Slot
from contracts.papers.files import (
    LASTING,
    OFFERED,
    REQUIRED,
    Given,
    add_document,
    add_documents,
    missing_documents,
    places_of,
    slots_open_to,
    versions_of,
    withdraw_document,
)
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.scoping import everything
from members.models import PersonalDataExport
from territories.models import Cpts
from tests import contract_factories as make
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
PDF = b"%PDF-1.7 essai"


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def cpts() -> Cpts:
    return factories.cpts()


@pytest.fixture
def project(cpts) -> Review:
    return make.review(cpts, "project", content={"sections": {}})


@pytest.fixture
def author(cpts):
    return factories.coordinator(cpts)


def added(review: Review, slot: str = "statutes", content: bytes = PDF, by=None, **fields) -> Document:
    given = {"title": "", "filename": "statuts.pdf", **fields}
    return add_document(review, slot=slot, content=content, by=by, **given)


def url(name: str, owner) -> str:
    return reverse(f"contracts:{name}", args=[owner.cpts_id, owner.pk])


def opened(client: Client, address: str) -> int:
    """The status of an answer read to the end, which closes its file."""
    answer = client.get(address)
    answer.getvalue()
    return answer.status_code


class TestPlaces:
    def test_each_missing_document_is_named(self, project):
        assert missing_documents(project) == [
            "Document manquant : statuts de l’association.",
            "Document manquant : récépissé de déclaration (RNA).",
        ]

    def test_a_new_file_is_a_new_version_and_the_former_one_stays(self, project, author):
        first, second = added(project, by=author), added(project, content=PDF + b"2", by=author)
        assert (first.number, second.number) == (1, 2)
        assert next(place.document for place in places_of(project) if place.slot == "statutes") == second
        assert list(versions_of(first)) == [second, first]
        assert default_storage.exists(first.file.name)

    def test_the_print_is_that_of_the_content(self, project, author):
        document = added(project, by=author)
        assert (document.sha256, document.size) == (hashlib.sha256(PDF).hexdigest(), len(PDF))
        with document.file.open("rb") as kept:
            assert kept.read() == PDF

    def test_statutes_of_the_letter_count_for_the_project_and_the_newest_version_wins(self, cpts, project):
        letter = make.review(cpts, "letter", "accepted")
        for content in (b"%PDF 1", b"%PDF 2", b"%PDF 3"):
            added(letter, content=content)
        assert "statuts" not in "".join(missing_documents(project))
        newest = added(project, content=b"%PDF 4")
        assert (newest.number, places_of(project)[0].document) == (4, newest)

    def test_the_scan_of_a_contract_does_not_count_for_another_step(self, cpts):
        contract, amendment = make.review(cpts, "contract", "signed"), make.review(cpts, "amendment")
        added(contract, "signed_contract")
        assert [place.slot for place in places_of(amendment)] == []

    def test_other_documents_stand_side_by_side_under_their_titles(self, project):
        for title, content in (("Courrier", b"%PDF a"), ("Carte", b"%PDF b"), ("Courrier", b"%PDF c")):
            added(project, "other", content, title=title)
        shown = [(place.label, place.document.number) for place in places_of(project) if place.document]
        assert shown == [("Carte", 1), ("Courrier", 2)]
        with pytest.raises(NotPossible, match="intitulé"):
            added(project, "other", b"%PDF d")

    def test_the_same_file_twice_is_refused(self, project):
        added(project)
        with pytest.raises(NotPossible, match="déjà dans le dossier"):
            added(project)

    def test_every_kind_and_slot_has_its_place(self):
        offered = {slot for kind in ReviewKind for slot in (*REQUIRED[kind], *OFFERED[kind])} | {Slot.OTHER}
        assert offered == set(Slot)
        assert set(LASTING) <= offered

    def test_the_same_number_of_queries_for_one_document_and_for_three(self, project):
        added(project, by=factories.user())
        with CaptureQueriesContext(connection) as one:
            places_of(project)
        for number in range(2):
            added(project, "other", b"%PDF" + bytes([number]), title=f"Document {number}", by=factories.user())
        with CaptureQueriesContext(connection) as three:
            [str(place.document and place.document.added_by) for place in places_of(project)]
        assert len(three) == len(one) == 1


class TestContent:
    @pytest.mark.parametrize(
        ("filename", "content", "why"),
        [
            ("statuts.exe", b"MZ", "Ce type de fichier n’est pas accepté"),
            ("statuts.pdf", b"<html>", "n’est pas celui d’un fichier PDF"),
            ("statuts.pdf", b"", "vide"),
            ("statuts.pdf", PDF * 100, "dépasse"),
        ],
    )
    def test_what_is_not_what_it_says_is_refused(self, project, settings, filename, content, why):
        settings.UPLOAD_MAX_BYTES = 100
        with pytest.raises(NotPossible, match=why):
            added(project, content=content, filename=filename)
        assert not Document.objects.exists()

    def test_one_refused_file_keeps_the_others_out_and_is_named(self, project, author):
        given = [Given("statutes", "a.pdf", PDF), Given("rna_receipt", "b.pdf", b"<html>")]
        with pytest.raises(NotPossible, match="« Récépissé de déclaration"):
            add_documents(project, given, party="cpts", by=author)
        assert not Document.objects.exists()


class TestWhoAdds:
    def test_the_cpts_fills_the_slots_agencies_join_other_documents(self, project, cpts):
        assert slots_open_to(project, "cpts") == ["statutes", "rna_receipt", "project", "other"]
        assert slots_open_to(project, "ars") == slots_open_to(project, "fund") == ["other"]
        assert slots_open_to(project, "") == []
        contract = make.review(cpts, "contract", "signed")
        assert slots_open_to(contract, "cpts") == slots_open_to(contract, "fund") == ["signed_contract", "other"]
        assert slots_open_to(make.review(factories.cpts(), "letter", "abandoned"), "cpts") == []

    def test_a_slot_that_is_not_yours_is_refused(self, project, cpts):
        given = [Given("statutes", "a.pdf", PDF)]
        with pytest.raises(NotPossible, match="n’est pas à ajouter par vous"):
            add_documents(project, given, party="ars", by=factories.ars_agent(cpts.ars))

    def test_several_files_at_once_through_the_page(self, client, project, author):
        client.force_login(author)
        files = {
            "statutes": SimpleUploadedFile("statuts.pdf", PDF),
            "rna_receipt": SimpleUploadedFile("rna.png", b"\x89PNG essai"),
            "other": SimpleUploadedFile("carte.pdf", PDF + b"3"),
            "title": "Carte",
        }
        answer = client.post(url("review-documents", project), files)
        assert (answer.status_code, answer["Location"]) == (302, url("review-detail", project))
        assert missing_documents(project) == []
        assert set(Document.objects.values_list("slot", "title", "content_type", "added_by")) == {
            ("statutes", "", "application/pdf", author.pk),
            ("rna_receipt", "", "image/png", author.pk),
            ("other", "Carte", "application/pdf", author.pk),
        }

    def test_no_file_at_all_comes_back_with_a_sentence(self, client, project, author):
        client.force_login(author)
        answer = client.post(url("review-documents", project), {})
        assert answer.status_code == 422
        assert "Choisissez au moins un fichier." in answer.content.decode()

    def test_an_agent_is_offered_other_documents_only_and_an_observer_nothing(self, client, project, cpts):
        client.force_login(factories.ars_agent(cpts.ars))
        html = client.get(url("review-documents", project)).content.decode()
        assert html.count('type="file"') == 1
        client.force_login(factories.observer())
        assert client.get(url("review-documents", project)).status_code == 403


class TestReading:
    @pytest.fixture
    def document(self, project, author) -> Document:
        return added(project, by=author)

    @pytest.mark.parametrize("role", ["coordinator", "board_member", "ars_agent", "fund_agent", "observer"])
    def test_the_parties_download_it_and_another_cpts_finds_nothing(self, client, cpts, document, role):
        other = factories.cpts()
        for of, status in ((cpts, 200), (other, 200 if role == "observer" else 404)):
            place = {"ars_agent": [of.ars], "fund_agent": [of.lead_fund], "observer": []}.get(role, [of])
            client.force_login(getattr(factories, role)(*place))
            for name in ("document-file", "document-preview", "document-detail"):
                assert opened(client, url(name, document)) == status

    def test_it_is_closed_without_login(self, client, document):
        assert client.get(url("document-file", document)).status_code == 302

    def test_a_preview_is_shown_alone_and_a_download_is_not_shown(self, client, author, document):
        client.force_login(author)
        shown, given = client.get(url("document-preview", document)), client.get(url("document-file", document))
        assert shown["Content-Disposition"] == 'inline; filename="statuts.pdf"'
        assert given["Content-Disposition"] == 'attachment; filename="statuts.pdf"'
        for answer in (shown, given):
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'none'" in answer["Content-Security-Policy"]
            assert answer["Content-Type"] == "application/pdf"
            assert b"".join(answer) == PDF

    def test_each_file_given_leaves_a_line_without_its_name(self, client, cpts, document):
        agent = factories.ars_agent(cpts.ars)
        client.force_login(agent)
        for name in ("document-preview", "document-file"):
            opened(client, url(name, document))
        lines = PersonalDataExport.objects.filter(cpts=cpts, author=agent).values_list("what", "file_format")
        what = f"Document n° {document.pk} (Statuts de l’association), personnes non comptées"
        assert list(lines) == [(what, "pdf")] * 2

    def test_a_spreadsheet_is_never_shown_in_the_browser(self, client, author, project):
        document = added(project, "other", b"a;b\n1;2", title="Table", filename="table.csv")
        client.force_login(author)
        assert opened(client, url("document-preview", document)) == 404
        assert opened(client, url("document-file", document)) == 200

    def test_the_page_tells_the_print_and_every_version(self, client, author, document, project):
        second = added(project, content=PDF + b"2", by=author)
        client.force_login(author)
        html = client.get(url("document-detail", second)).content.decode()
        assert second.sha256 in html
        assert url("document-file", document) in html


class TestWithdrawal:
    @pytest.fixture
    def document(self, project, author) -> Document:
        return added(project, by=author)

    def test_it_leaves_the_file_with_its_reason_and_its_file_stays_on_the_server(
        self, client, project, author, document
    ):
        client.force_login(author)
        answer = client.post(url("document-withdraw", document), {"reason": "Mauvais fichier"})
        assert (answer.status_code, answer["Location"]) == (302, url("document-detail", document))
        assert "Document manquant : statuts de l’association." in missing_documents(project)
        assert default_storage.exists(document.file.name)
        gone = client.get(url("document-file", document))
        assert gone.status_code == 404
        assert "Mauvais fichier" in gone.content.decode()
        assert "Mauvais fichier" in client.get(url("document-detail", document)).content.decode()

    def test_the_same_file_may_come_back_as_another_version(self, project, author, document):
        withdraw_document(document, reason="Trop tôt", party="cpts", by=author)
        assert added(project, by=author).number == 2

    def test_without_reason_it_stays(self, client, author, document):
        client.force_login(author)
        assert client.post(url("document-withdraw", document), {"reason": " "}).status_code == 422
        with pytest.raises(NotPossible, match="motif"):
            withdraw_document(document, reason=" ", party="cpts", by=author)

    def test_only_the_party_that_added_it_withdraws_it(self, cpts, project, document):
        agent, colleague = factories.ars_agent(cpts.ars), factories.ars_agent(cpts.ars)
        with pytest.raises(NotPossible, match="Seule la partie"):
            withdraw_document(document, reason="Non", party="ars", by=agent)
        theirs = added(project, "other", title="Courrier", by=agent)
        with pytest.raises(NotPossible, match="Seule la partie"):
            withdraw_document(theirs, reason="Non", party="cpts", by=factories.board_member(cpts))
        assert withdraw_document(theirs, reason="Doublon", party="ars", by=colleague).withdrawn_at
        assert withdraw_document(document, reason="Doublon", party="cpts", by=factories.board_member(cpts)).withdrawn_at

    def test_what_was_decided_on_stays(self, cpts, author):
        letter = make.review(cpts, "letter", "accepted")
        document = added(letter, by=author)
        with pytest.raises(NotPossible, match="est décidé"):
            withdraw_document(document, reason="Non", party="cpts", by=author)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_people_who_fill_a_slot_at_once_make_two_versions():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite writes one transaction at a time")
    cpts = factories.cpts()
    review, start = make.review(cpts, "project"), Barrier(2)

    def add(content: bytes) -> int:
        start.wait()
        try:
            with everything("two people at once"):
                return added(review, content=content).number
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(add, (b"%PDF a", b"%PDF b"))) == [1, 2]


def test_an_altered_document_is_not_given(client, cpts, project, author):
    document = added(project, by=author)
    document.file.storage.delete(document.file.name)
    document.file.storage.save(document.file.name, ContentFile(b"%PDF-1.7 autre chose"))
    client.force_login(author)
    answer = client.get(url("document-file", document), follow=True)
    assert answer.redirect_chain == [(url("document-detail", document), 302)]
    assert "n’est plus celui qui a été déposé" in answer.content.decode()
    assert PersonalDataExport.objects.count() == 0
