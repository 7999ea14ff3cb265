"""Comments: who writes what to whom, who reads it, wherever it might leak."""

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from contracts.models import Comment, Review
from contracts.papers.statements import editable_sections
from contracts.review.examining import open_questions
from contracts.talk.comments import (
    answer_comment,
    comments_anywhere,
    comments_on,
    parts_of,
    reopen_comment,
    settle_comment,
    write_comment,
)
from cpts_portal.accounts.actor import Actor
from cpts_portal.accounts.models import Access
from cpts_portal.accounts.roles import Role
from cpts_portal.core.refusals import NotPossible
from tests import contract_factories as make
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("see_everything")]
NOTES = {"everybody": "Pour tous", "agencies": "Entre agences", "ars": "Note de l’ARS", "fund": "Note de la caisse"}


@pytest.fixture
def letter() -> Review:
    return make.review(factories.cpts(), "letter", "submitted")


@pytest.fixture
def people(letter):
    cpts = letter.cpts
    return {
        "cpts": factories.coordinator(cpts),
        "board": factories.board_member(cpts),
        "ars": factories.ars_agent(cpts.ars),
        "fund": factories.fund_agent(cpts.lead_fund),
        "observer": factories.observer(),
        "administrator": factories.administrator(),
    }


@pytest.fixture
def notes(letter, people):
    """One comment for each circle of readers."""
    everybody = make.comment(letter, text=NOTES["everybody"], by=people["cpts"])
    ars, fund = letter.cpts.ars, letter.cpts.lead_fund
    make.comment(letter, text=NOTES["agencies"], audience="agencies", agency=ars, by=people["ars"])
    make.comment(letter, text=NOTES["ars"], audience="own", agency=ars, by=people["ars"])
    make.comment(letter, text=NOTES["fund"], audience="own", agency=fund, by=people["fund"])
    return everybody


READ = {
    "cpts": {"everybody"},
    "board": {"everybody"},
    "ars": {"everybody", "agencies", "ars"},
    "fund": {"everybody", "agencies", "fund"},
    "observer": set(),
    "administrator": set(),
}


def client_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def write(letter, who, people, **fields):
    base = {"text": "À préciser", "kind": "remark", "audience": "everybody", "party": who, "by": people[who]}
    return write_comment(letter, **{**base, **fields})


@pytest.mark.parametrize(("who", "readable"), READ.items())
def test_each_reads_what_is_addressed_to_her_in_queries_on_the_page_and_in_the_admin(
    letter, people, notes, who, readable
):
    actor = Actor(people[who])
    texts = {NOTES[name] for name in readable}
    assert set(comments_on(letter, actor).values_list("text", flat=True)) == texts
    assert set(comments_anywhere(actor).values_list("text", flat=True)) == texts
    page = client_of(people[who]).get(reverse("contracts:review-detail", args=[letter.cpts_id, letter.pk]))
    body = page.content.decode()
    assert {text for text in NOTES.values() if text in body} == texts
    listed = client_of(people[who]).get(reverse("admin:contracts_comment_changelist"))
    if listed.status_code == 200:
        shown = {each.text for each in listed.context["cl"].result_list}
        assert shown == texts
    else:
        assert listed.status_code == 403
        assert not texts


@pytest.mark.parametrize("action", ["change", "history"])
def test_the_admin_opens_no_note_of_another_circle(letter, people, notes, action):
    hidden = Comment.objects.get(text=NOTES["fund"])
    address = reverse(f"admin:contracts_comment_{action}", args=[hidden.pk])
    assert client_of(people["fund"]).get(address).status_code == 200
    for who in ("cpts", "ars", "observer", "administrator"):
        answer = client_of(people[who]).get(address, follow=True)
        assert NOTES["fund"] not in answer.content.decode()


def test_the_export_of_the_admin_holds_no_note_of_another_circle(letter, people, notes):
    fields = {f"commentresource_{name}": "on" for name in ("id", "kind", "text", "audience")}
    data = {"format": "0", "resource": "0", **fields}

    def exported(who: str) -> set[str]:
        answer = client_of(people[who]).post(reverse("admin:contracts_comment_export"), data)
        assert answer.headers["Content-Type"].startswith("text/csv"), answer.content.decode()[:2000]
        return {text for text in NOTES.values() if text in answer.content.decode()}

    assert exported("fund") == {NOTES[name] for name in READ["fund"]}
    assert exported("cpts") == {NOTES["everybody"]}


@pytest.mark.parametrize("page", ["review-answer", "review-settle"])
def test_a_note_that_one_may_not_read_is_not_found_by_its_address(letter, people, notes, page):
    hidden = Comment.objects.get(text=NOTES["ars"])
    address = reverse(f"contracts:{page}", args=[letter.cpts_id, letter.pk, hidden.pk])
    assert client_of(people["ars"]).get(address).status_code == 200
    for who in ("cpts", "fund"):
        for method in ("get", "post"):
            assert getattr(client_of(people[who]), method)(address, {"text": "x"}).status_code == 404
    assert not Comment.objects.filter(parent=hidden).exists()


def test_the_notes_of_agencies_stay_hidden_from_who_is_an_agent_elsewhere(letter, notes):
    """Coordinator here, agent of an agency of another CPTS: she reads as a coordinator, in lists as well."""
    elsewhere = factories.cpts()
    person = factories.coordinator(letter.cpts)
    Access.objects.create(user=person, role=Role.ARS_AGENT, agency=elsewhere.ars, start="2024-01-01")
    make.comment(make.review(elsewhere), text="Chez nous", audience="agencies", agency=elsewhere.ars)
    actor = Actor(person)
    assert list(comments_on(letter, actor).values_list("text", flat=True)) == [NOTES["everybody"]]
    assert set(comments_anywhere(actor).values_list("text", flat=True)) == {NOTES["everybody"], "Chez nous"}
    listed = client_of(person).get(reverse("admin:contracts_comment_changelist"))
    assert {each.text for each in listed.context["cl"].result_list} == {NOTES["everybody"], "Chez nous"}


def test_messages_go_to_the_readers_only(letter, people, django_capture_on_commit_callbacks):
    readers = {"everybody": {"cpts", "board", "fund"}, "agencies": {"fund"}, "own": set()}
    colleague = factories.ars_agent(letter.cpts.ars)
    for audience, expected in readers.items():
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            write(letter, "ars", people, audience=audience, text="Secret ou pas")
        told = {address for message in mail.outbox for address in message.to}
        assert told == {people[who].email for who in expected} | {colleague.email}
        assert all("Secret ou pas" in message.body for message in mail.outbox)


def test_the_cpts_writes_to_everybody_only(letter, people):
    for audience in ("agencies", "own"):
        with pytest.raises(NotPossible, match="réserver"):
            write(letter, "cpts", people, audience=audience)
    assert write(letter, "cpts", people).agency is None


def test_an_outsider_writes_nothing(letter, people):
    with pytest.raises(PermissionDenied):
        write_comment(letter, text="x", kind="remark", audience="everybody", party="", by=people["observer"])


def test_a_correction_is_asked_by_an_agency_and_read_by_the_cpts(letter, people):
    with pytest.raises(NotPossible):
        write(letter, "cpts", people, kind="correction")
    with pytest.raises(NotPossible, match="trois parties"):
        write(letter, "ars", people, kind="correction", audience="agencies")
    write(letter, "ars", people, kind="correction", anchor="section:calendar")
    letter.status = "returned"
    assert editable_sections(letter) == {"calendar"}


def test_a_settled_correction_no_longer_opens_its_part(letter, people):
    first = write(letter, "ars", people, kind="correction", anchor="section:calendar")
    write(letter, "fund", people, kind="correction", anchor="section:actors")
    letter.status = "returned"
    assert editable_sections(letter) == {"calendar", "actors"}
    settle_comment(first, party="ars", by=people["ars"])
    assert editable_sections(letter) == {"actors"}


def test_a_question_blocks_its_agency_until_another_side_answers(letter, people):
    question = write(letter, "ars", people, kind="question", audience="agencies")
    assert (open_questions(letter, "ars"), open_questions(letter, "fund")) == (1, 0)
    answer_comment(question, text="Je précise", party="ars", by=people["ars"])
    assert open_questions(letter, "ars") == 1
    answer_comment(question, text="Oui", party="fund", by=people["fund"])
    assert open_questions(letter, "ars") == 0


def test_the_answer_of_the_cpts_lifts_a_question_and_settling_does_too(letter, people):
    first = write(letter, "ars", people, kind="question")
    second = write(letter, "ars", people, kind="question")
    answer_comment(first, text="Voici", party="cpts", by=people["cpts"])
    assert open_questions(letter, "ars") == 1
    settle_comment(second, party="ars", by=people["ars"])
    assert open_questions(letter, "ars") == 0
    reopen_comment(second, party="ars", by=people["ars"])
    assert open_questions(letter, "ars") == 1


def test_a_question_to_nobody_else_is_refused(letter, people):
    with pytest.raises(NotPossible, match="autre partie"):
        write(letter, "ars", people, kind="question", audience="own")


def test_a_decided_file_takes_remarks_only(people):
    letter = make.review(factories.cpts(), "letter", "accepted")
    with pytest.raises(NotPossible, match="étape"):
        write(letter, "ars", people, kind="question")
    assert write(letter, "ars", people).pk


def test_an_answer_has_the_readers_of_what_it_answers_to(letter, people):
    note = write(letter, "ars", people, audience="agencies")
    answer = answer_comment(note, text="Vu", party="fund", by=people["fund"])
    assert (answer.audience, answer.agency, answer.kind) == ("agencies", letter.cpts.lead_fund, "remark")
    assert not comments_on(letter, Actor(people["cpts"])).exists()
    with pytest.raises(PermissionDenied):
        answer_comment(note, text="x", party="cpts", by=people["cpts"])
    own = write(letter, "ars", people, audience="own")
    with pytest.raises(PermissionDenied):
        answer_comment(own, text="x", party="fund", by=people["fund"])
    with pytest.raises(NotPossible, match="premier commentaire"):
        answer_comment(answer, text="x", party="ars", by=people["ars"])


def test_only_the_side_that_wrote_settles_and_reopens(letter, people):
    remark = write(letter, "ars", people)
    for who in ("cpts", "fund"):
        with pytest.raises(PermissionDenied):
            settle_comment(remark, party=who, by=people[who])
    colleague = factories.ars_agent(letter.cpts.ars)
    settled = settle_comment(remark, party="ars", by=colleague)
    assert settled.settled_by == colleague
    with pytest.raises(NotPossible, match="déjà réglé"):
        settle_comment(remark, party="ars", by=colleague)
    assert reopen_comment(remark, party="ars", by=colleague).settled_at is None
    own = write(letter, "cpts", people)
    assert settle_comment(own, party="cpts", by=people["board"]).settled_at


def test_a_comment_is_about_a_part_that_exists(letter, people):
    with pytest.raises(NotPossible, match="n’existe pas"):
        write(letter, "ars", people, anchor="document:99999")
    assert write(letter, "ars", people, anchor="section:actors").anchor_label == "Acteurs"


def test_a_yearly_review_offers_its_lines_and_a_contract_its_terms(letter):
    contract = make.contract(letter.cpts)
    line = make.year_line(make.year(contract))
    review = make.review(letter.cpts, "year", "submitted", title="Dialogue de gestion")
    year = line.year
    year.review = review
    year.save()
    assert f"line:{line.pk}" in parts_of(review)
    assert "terms:amounts" in parts_of(make.version(contract).review)


class TestPage:
    """Written with and without JavaScript."""

    @pytest.fixture
    def address(self, letter):
        return reverse("contracts:review-comment", args=[letter.cpts_id, letter.pk])

    DATA = {"text": "À préciser", "kind": "remark", "audience": "agencies", "anchor": "section:actors"}

    def test_without_script_the_page_comes_back_on_the_comment(self, letter, people, address):
        answer = client_of(people["ars"]).post(address, self.DATA)
        comment = Comment.objects.get(review=letter)
        assert (comment.audience, comment.by) == ("agencies", people["ars"])
        detail = reverse("contracts:review-detail", args=[letter.cpts_id, letter.pk])
        assert answer.headers["Location"] == f"{detail}#comment-{comment.pk}"

    def test_with_htmx_the_list_alone_comes_back(self, letter, people, address):
        answer = client_of(people["ars"]).post(address, self.DATA, headers={"HX-Request": "true"})
        body = answer.content.decode()
        assert answer.status_code == 200
        assert "<html" not in body
        assert "À préciser" in body

    def test_what_was_typed_comes_back_when_refused(self, letter, people, address):
        for headers in ({}, {"HX-Request": "true"}):
            data = {**self.DATA, "kind": "correction"}
            answer = client_of(people["ars"]).post(address, data, headers=headers)
            assert answer.status_code == 422
            assert "À préciser" in answer.content.decode()
        assert not Comment.objects.filter(review=letter).exists()

    def test_the_link_of_a_part_opens_the_form_on_it(self, letter, people):
        detail = reverse("contracts:review-detail", args=[letter.cpts_id, letter.pk])
        page = client_of(people["ars"]).get(detail, {"sur": "section:actors"})
        assert page.context["talk"].form["anchor"].value() == "section:actors"
        assert page.context["talk"].is_preset
        assert f'href="{detail}?sur=section%3Aactors#commenter"' in page.content.decode()

    def test_the_observer_reads_the_file_and_writes_nothing(self, letter, people, notes, address):
        page = client_of(people["observer"]).get(
            reverse("contracts:review-detail", args=[letter.cpts_id, letter.pk]), {"sur": "section:actors"}
        )
        assert "Commenter" not in page.content.decode()
        assert client_of(people["observer"]).post(address, self.DATA).status_code == 403

    def test_answering_and_settling(self, letter, people, notes):
        place = [letter.cpts_id, letter.pk, notes.pk]
        client_of(people["fund"]).post(reverse("contracts:review-answer", args=place), {"text": "Bien reçu"})
        assert Comment.objects.get(parent=notes).text == "Bien reçu"
        settle = reverse("contracts:review-settle", args=place)
        assert client_of(people["fund"]).post(settle, {"to": "settled"}).status_code == 403
        body = client_of(people["cpts"]).post(settle, {"to": "settled"}, headers={"HX-Request": "true"})
        assert "1 échange réglé" in body.content.decode().replace("\u00a0", " ")
        notes.refresh_from_db()
        assert notes.settled_by == people["cpts"]

    def test_the_number_of_queries_does_not_depend_on_the_comments(self, letter, people, django_assert_max_num_queries):
        detail = reverse("contracts:review-detail", args=[letter.cpts_id, letter.pk])
        client = client_of(people["ars"])
        make.comment(letter, by=people["cpts"])
        client.get(detail)
        with django_assert_max_num_queries(200) as one:
            client.get(detail)
        for _ in range(3):
            parent = make.comment(letter, by=people["cpts"])
            make.comment(letter, parent=parent, by=people["fund"], agency=letter.cpts.lead_fund)
        with django_assert_max_num_queries(200) as four:
            client.get(detail)
        assert len(four) == len(one)

    def test_a_long_thread_is_folded(self, letter, people, notes):
        for number in range(5):
            make.comment(letter, parent=notes, by=people["ars"], agency=letter.cpts.ars, text=f"Réponse {number}")
        page = client_of(people["cpts"]).get(reverse("contracts:review-detail", args=[letter.cpts_id, letter.pk]))
        thread = page.context["talk"].open_threads[0]
        assert ([each.text for each in thread.latest], len(thread.earlier)) == (["Réponse 3", "Réponse 4"], 3)
