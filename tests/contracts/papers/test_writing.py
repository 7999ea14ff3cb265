"""The letter and the health project: prefilled, written on one page, corrected by section, compared, printed."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contracts.models import Review, Submission
from contracts.papers.diagnosis import portal_texts, professionals_text
from contracts.papers.differences import word_differences
from contracts.papers.pdf import statement
from contracts.papers.statements import LETTER, PROJECT, editable_sections, write_sections
from contracts.review.openings import open_review
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.versions import StaleEdit
from members.figures.figures import Figures, Row, Section
from members.figures.statistics import Rate
from members.models import Mandate
from territories.models import Cpts
from tests import contract_factories as make
from tests import factories, member_factories, mission_factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
DAY = date(2026, 3, 2)
TEXTS = {"territory": "Deux communes.", "diagnosis": "b", "actors": "c", "orientations": "d", "calendar": "e"}


@pytest.fixture
def cpts() -> Cpts:
    made = factories.cpts()
    for name in ("Allineuc", "Andel"):
        factories.in_territory(made, factories.commune(name=name, population=30_000))
    return made


@pytest.fixture
def letter(cpts) -> Review:
    return make.review(cpts, "letter", content={"sections": dict(TEXTS)})


@pytest.fixture
def coordination(client, cpts):
    client.force_login(factories.coordinator(cpts))
    return client


def url(name: str, review: Review, *args) -> str:
    return reverse(f"contracts:{name}", args=[review.cpts_id, review.pk, *args])


def sent(review: Review, **fields) -> dict[str, str]:
    review.refresh_from_db()
    return {**review.content["sections"], "version": str(review.version), **fields}


def kept(review: Review) -> dict[str, str]:
    review.refresh_from_db()
    return review.content["sections"]


class TestDiagnosis:
    def test_the_texts_come_from_the_territory_the_register_and_the_missions(self, cpts):
        person = member_factories.member(cpts).professional
        Mandate.objects.create(cpts=cpts, professional=person, office="president", start=date(2025, 1, 1))
        mission_factories.mission(cpts, "acces", planned_start=date(2026, 9, 1))
        mission_factories.action(cpts, "acces", title="Soirées de garde", audience="Patients sans médecin")
        mission_factories.indicator(cpts, "acces")
        mission_factories.group(cpts, name="Groupe garde")
        told = portal_texts(cpts, "project", DAY)
        assert list(told) == [each.code for each in PROJECT]
        assert "60\u202f000 habitants" in told["territory"]
        assert told["territory"].endswith("Communes : Allineuc, Andel.")
        assert "Taille 2" in told["territory"]
        assert "Adhérents par profession au 2 mars 2026" in told["diagnosis"]
        assert "– Soirées de garde (public : Patients sans médecin" in told["missions"]
        assert f"– Présidence : {person}" in told["governance"]
        assert "Groupe garde" in told["governance"]
        assert "démarrage prévu le 1er septembre 2026" in told["calendar"]
        assert told["evaluation"]

    def test_the_rate_of_membership_is_told_by_profession_when_the_directory_is_known(self, cpts):
        rows = (Row("Médecin", 20, 40, 50.0), Row("Sage-femme", 0, 0, None))
        section = Section("professions", "", "", rows, None, has_rates=True)  # type: ignore[arg-type]
        figures = Figures(DAY, 20, 0, Rate("", 20, 80), "", (section,))
        assert professionals_text(figures) == (
            "Professionnels de santé du territoire (annuaire national) au 2 mars 2026 : 80, dont 20\xa0adhérents "
            "(25,0\u202f%). Par profession\xa0:\n– Médecin : 40, dont 20\xa0adhérents (50,0\u202f%)"
        )

    def test_a_cpts_of_which_nothing_is_known_gets_no_text(self):
        assert portal_texts(factories.cpts(), "letter", DAY) == {}

    def test_a_letter_has_its_own_sections(self, cpts):
        member_factories.member_structure(cpts)
        mission_factories.mission(cpts, "acces", orientations="Médecin traitant d’abord.")
        told = portal_texts(cpts, "letter", DAY)
        assert list(told) == [each.code for each in LETTER]
        assert "Médecin traitant d’abord." in told["orientations"]
        assert "1\xa0adhérent au 2 mars 2026" in told["actors"]

    def test_opening_a_project_prefills_it(self, cpts):
        opened = open_review(cpts, "project", day=DAY, by=factories.coordinator(cpts))
        assert "Allineuc, Andel" in opened.content["sections"]["territory"]

    @pytest.mark.parametrize("kind", ["letter", "project"])
    def test_the_same_number_of_queries_for_one_row_and_for_three(self, cpts, kind, django_assert_num_queries):
        def fill() -> None:
            person = member_factories.member(cpts).professional
            member_factories.member_structure(cpts)
            Mandate.objects.create(cpts=cpts, professional=person, office="director", start=date(2025, 1, 1))
            action = mission_factories.action(cpts, "acces")
            action.leads.add(person)
            mission_factories.indicator(cpts, "acces")
            mission_factories.group(cpts)

        fill()
        with CaptureQueriesContext(
            connection,
        ) as one:
            portal_texts(cpts, kind, DAY)
        fill()
        fill()
        with django_assert_num_queries(len(one)):
            portal_texts(cpts, kind, DAY)


class TestWriting:
    def test_a_draft_is_saved_even_when_parts_are_empty(self, coordination, letter):
        answer = coordination.post(url("review-write", letter), sent(letter, actors="", territory="Un\r\ndeux \r\n"))
        assert (answer.status_code, answer["Location"]) == (302, url("review-detail", letter))
        assert kept(letter) == {**TEXTS, "actors": "", "territory": "Un\ndeux"}

    def test_saving_and_going_on_stays_on_the_page(self, coordination, letter):
        answer = coordination.post(url("review-write", letter), sent(letter, stay="1"))
        assert answer["Location"] == url("review-write", letter)

    def test_the_portal_proposes_its_text_beside_the_typed_one_and_saves_nothing(self, coordination, letter):
        page = coordination.post(url("review-write", letter), sent(letter, territory="Ma phrase.", propose="territory"))
        html = page.content.decode()
        assert page.status_code == 200
        assert "Ma phrase.</textarea>" in html
        assert "Ce que dit le portail aujourd’hui" in html
        assert "Communes : Allineuc, Andel." in html
        assert kept(letter)["territory"] == "Deux communes."

    def test_the_proposed_text_is_added_after_or_put_instead_as_asked(self, coordination, letter):
        added = coordination.post(url("review-write", letter), sent(letter, territory="Ma phrase.", append="territory"))
        field = added.context["form"]["territory"].value()
        assert field.startswith("Ma phrase.\n\n2\xa0communes")
        instead = coordination.post(url("review-write", letter), sent(letter, replace="territory"))
        assert instead.context["form"]["territory"].value().startswith("2\xa0communes")
        assert kept(letter) == TEXTS

    def test_a_text_that_is_already_the_portal_s_is_said_so(self, coordination, cpts, letter):
        fresh = portal_texts(cpts, "letter", timezone.localdate())["territory"]
        page = coordination.post(url("review-write", letter), sent(letter, territory=fresh, propose="territory"))
        html = page.content.decode()
        assert "déjà celui du portail, mot pour mot" in html
        assert "Remplacer mon texte" not in html

    def test_somebody_saved_meanwhile_the_text_typed_comes_back_with_the_saved_one_beside(
        self, coordination, cpts, letter
    ):
        mine = sent(letter, diagnosis="Le mien.")
        write_sections(letter, {"diagnosis": "Le sien."}, version=mine["version"], by=factories.board_member(cpts))
        page = coordination.post(url("review-write", letter), mine)
        html = page.content.decode()
        assert page.status_code == 422
        assert "enregistré par quelqu’un d’autre entre-temps" in html
        assert "Le mien.</textarea>" in html
        assert "Texte enregistré entre-temps" in html
        assert html.count("Texte enregistré entre-temps") == 1
        assert kept(letter)["diagnosis"] == "Le sien."
        letter.refresh_from_db()
        again = {**mine, "version": str(letter.version)}
        restored = coordination.post(url("review-write", letter), {**again, "restore": "diagnosis"})
        assert restored.context["form"]["diagnosis"].value() == "Le sien."
        assert coordination.post(url("review-write", letter), again).status_code == 302
        assert kept(letter)["diagnosis"] == "Le mien."

    def test_the_second_of_two_writers_is_told(self, cpts, letter):
        by = factories.coordinator(cpts)
        write_sections(letter, {"actors": "x"}, version="0", by=by)
        with pytest.raises(StaleEdit):
            write_sections(letter, {"actors": "y"}, version="0", by=by)

    def test_under_examination_the_page_says_why_nothing_may_be_written(self, coordination, cpts):
        review = make.review(cpts, "letter", "submitted", content={"sections": TEXTS})
        html = coordination.get(url("review-write", review)).content.decode()
        assert "Ce dossier est à l’examen" in html
        assert "<textarea" not in html
        assert coordination.post(url("review-write", review), sent(review, actors="x")).status_code == 422
        assert kept(review) == TEXTS

    def test_a_contract_has_no_sections_to_write(self, coordination, cpts):
        review = make.review(cpts, "contract")
        for name in ("review-write", "review-paper"):
            assert coordination.get(url(name, review)).status_code == 404

    @pytest.mark.parametrize("role", ["ars_agent", "fund_agent"])
    def test_agencies_read_and_do_not_write(self, client, cpts, letter, role):
        client.force_login(getattr(factories, role)(cpts.ars if role == "ars_agent" else cpts.lead_fund))
        assert client.get(url("review-write", letter)).status_code == 403
        html = client.get(url("review-detail", letter)).content.decode()
        assert "Deux communes." in html
        assert url("review-write", letter) not in html


class TestCorrections:
    @pytest.fixture
    def returned(self, cpts) -> Review:
        return make.review(cpts, "letter", "returned", content={"sections": dict(TEXTS)})

    def ask(self, review: Review, **fields):
        return make.comment(review, **{"kind": "correction", "anchor": "section:calendar", **fields})

    def test_only_the_named_sections_open_and_the_others_say_why(self, coordination, returned):
        self.ask(returned, text="Datez les étapes.", agency=returned.cpts.ars)
        html = coordination.get(url("review-write", returned)).content.decode()
        assert html.count("<textarea") == 1
        assert 'name="calendar"' in html
        assert "Datez les étapes." in html
        assert html.count("Aucune correction n’est demandée sur cette partie") == 4

    def test_another_section_cannot_be_forced(self, coordination, cpts, returned):
        self.ask(returned)
        coordination.post(url("review-write", returned), sent(returned, actors="forcé", calendar="Juin."))
        assert kept(returned) == {**TEXTS, "calendar": "Juin."}
        with pytest.raises(NotPossible, match="Seules les parties visées"):
            write_sections(returned, {"actors": "forcé"}, version=str(returned.version), by=factories.coordinator(cpts))

    def test_sent_back_as_a_whole_everything_opens(self, returned):
        self.ask(returned, anchor="")
        assert editable_sections(returned) == {each.code for each in LETTER}

    def test_an_internal_note_of_an_agency_neither_opens_a_section_nor_shows(self, coordination, returned):
        self.ask(returned)
        self.ask(returned, anchor="section:actors", audience="own", agency=returned.cpts.ars, text="Entre nous.")
        assert editable_sections(returned) == {"calendar"}
        assert "Entre nous." not in coordination.get(url("review-write", returned)).content.decode()


class TestSubmissions:
    @pytest.fixture
    def twice(self, cpts) -> Review:
        """Submitted twice; the calendar changed in between."""
        texts = {**TEXTS, "calendar": "Dépôt en <juin> 2026."}
        review = make.review(cpts, "letter", "submitted", number=2, content={"sections": texts})
        for number, calendar in ((1, "Dépôt en mai 2026."), (2, texts["calendar"])):
            content = {"sections": {**TEXTS, "calendar": calendar}}
            Submission.objects.create(review=review, number=number, content=content, sha256="0" * 64, at=make.NOON)
        return review

    @pytest.mark.parametrize("role", ["coordinator", "board_member", "ars_agent", "fund_agent", "observer"])
    def test_everybody_reads_what_changed_word_by_word(self, client, cpts, twice, role):
        place = {"ars_agent": [cpts.ars], "fund_agent": [cpts.lead_fund], "observer": []}.get(role, [cpts])
        client.force_login(getattr(factories, role)(*place))
        html = client.get(url("review-changes", twice, 1)).content.decode()
        assert "Ce qui a changé depuis le dépôt n° 1" in html
        assert '<del><span class="visually-hidden">[retiré : </span>mai<' in html
        assert '<ins><span class="visually-hidden">[ajouté : </span>&lt;juin&gt;<' in html
        assert "Sans changement : Territoire, Premier diagnostic, Acteurs, Orientations." in html

    def test_the_file_offers_the_differences_with_the_last_text_that_was_another(self, coordination, twice):
        def offered() -> str | None:
            page = coordination.get(url("review-detail", twice)).content.decode()
            found = re.search(r">Ce qui a changé depuis le dépôt n° (\d)</a>", page)
            return found and found[1]

        assert offered() == "1"  # the last submission is the text shown
        Review.objects.filter(pk=twice.pk).update(content={"sections": {**TEXTS, "calendar": "Tout autre chose"}})
        assert offered() == "2"
        Submission.objects.filter(review=twice, number=1).delete()
        Review.objects.filter(pk=twice.pk).update(content=Submission.objects.get(review=twice).content)
        assert offered() is None

    def test_two_submissions_are_compared_also_when_the_text_moved_on(self, client, cpts, twice):
        client.force_login(factories.ars_agent(cpts.ars))
        Review.objects.filter(pk=twice.pk).update(content={"sections": {**TEXTS, "calendar": "Tout autre chose"}})
        page = client.get(url("review-changes", twice, 1), {"until": "2"}).content.decode()
        assert "&lt;juin&gt;" in page
        assert "Tout autre chose" not in page
        assert "Tout" in client.get(url("review-changes", twice, 2)).content.decode()

    def test_a_submission_is_read_as_it_was(self, coordination, twice):
        html = coordination.get(url("review-submission", twice, 1)).content.decode()
        assert "Dépôt en mai 2026." in html
        assert "Un dépôt plus récent existe" in html
        assert coordination.get(url("review-submission", twice, 3)).status_code == 404

    def test_the_paper_bears_its_number_its_state_and_its_visas(self, twice):
        Review.objects.filter(pk=twice.pk).update(
            ars_agreed_at=make.NOON, ars_opinion="reserved", ars_number=2, ars_reasons="…"
        )
        twice.refresh_from_db()
        now, first = statement(twice, None, day=DAY), statement(twice, twice.submissions.get(number=1), day=DAY)
        assert (now["submission"].number, now["state"].label) == (2, "À l’examen")
        assert [opinion for _holder, opinion, _at in now["visas"]] == ["Favorable avec réserves"]
        assert (first["submission"].number, first["state"], first["visas"]) == (1, None, [])
        assert [(rank, each.code) for rank, each, _text in now["sections"]][:2] == [(1, "territory"), (2, "diagnosis")]

    def test_a_text_that_moved_since_its_submission_bears_no_number(self, twice):
        twice.content = {"sections": TEXTS}
        assert statement(twice, None, day=DAY)["submission"] is None

    @pytest.mark.parametrize(("name", "args"), [("review-paper", []), ("review-submission-paper", [1])])
    def test_the_pdf(self, coordination, twice, name, args):
        answer = coordination.get(url(name, twice, *args))
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF")


class TestDifferences:
    @pytest.mark.parametrize(
        ("before", "after", "expected"),
        [
            ("", "", []),
            ("un deux", "un deux", [("same", "un deux")]),
            ("", "un", [("added", "un")]),
            ("un", "", [("removed", "un")]),
            ("le 3 mai", "le 4 mai", [("same", "le "), ("removed", "3"), ("added", "4"), ("same", " mai")]),
            ("a\nb\n", "a\nc\n", [("same", "a\n"), ("removed", "b"), ("added", "c"), ("same", "\n")]),
        ],
    )
    def test_words(self, before, after, expected):
        assert [(piece.kind, piece.text) for piece in word_differences(before, after)] == expected

    def test_both_texts_can_be_read_back_whatever_the_length(self):
        before = "\n".join(f"Ligne {n} du texte, avec des mots." for n in range(300))
        after = before.replace("Ligne 7 ", "Ligne sept ").replace("avec", "sans") + "\nFin."
        pieces = word_differences(before, after)
        assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
        assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after


def test_no_role_but_the_coordination_writes(cpts, letter, client):
    client.force_login(factories.board_member(cpts))
    assert client.post(url("review-write", letter), sent(letter, actors="x")).status_code == 403
