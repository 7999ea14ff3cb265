"""The people around the table of one CPTS in a browser: what each reads on a file, and what each does to it."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from contracts.models import Review
from cpts_portal.accounts.models import User
from cpts_portal.core.scoping import everything
from territories.models import Cpts
from tests import factories

PDF = b"%PDF-1.7 essai"
MINE, THEIRS = "À vous d’agir", "Où en est ce dossier"
COORDINATOR, BOARD, ARS, FUND = "coordinator", "board", "ars", "fund"


class Trip:
    """One browser shared by four people, each with her own session."""

    def __init__(self, cpts: Cpts, page: Page, visit: Callable, login_as: Callable[[User], None]) -> None:
        self.cpts, self.page, self._visit, self._login_as = cpts, page, visit, login_as
        self.who, self.shown_to = "", ""
        self.people = {
            COORDINATOR: factories.coordinator(cpts),
            BOARD: factories.board_member(cpts),
            ARS: factories.ars_agent(cpts.ars),
            FUND: factories.fund_agent(cpts.lead_fund),
        }

    # --- Going somewhere ----------------------------------------------------------------------------------------------
    def become(self, who: str) -> None:
        if who != self.who:
            self._login_as(self.people[who])
            self.who = who

    def visit(self, name: str, **kwargs: object) -> None:
        answer = self._visit(name, **kwargs)
        assert answer.status == 200, (name, answer.status)
        self.shown_to = self.who

    def go(self, name: str, **kwargs: object) -> None:
        self.visit(f"contracts:{name}", cpts_id=self.cpts.pk, **kwargs)

    def review(self, kind: str) -> Review:
        with everything("the file of the journey"):
            return Review.objects.get(cpts=self.cpts, kind=kind)

    def go_to_review(self, kind: str) -> None:
        """Its page, unless this person has it before her eyes."""
        pk = self.review(kind).pk
        address = reverse("contracts:review-detail", args=[self.cpts.pk, pk])
        if self.shown_to != self.who or urlsplit(self.page.url).path != address:
            self.go("review-detail", pk=pk)

    # --- Reading ------------------------------------------------------------------------------------------------------
    def reads(self, who: str, kind: str, heading: str, *sentences: str) -> Locator:
        """The box at the top of a file, for this person."""
        self.become(who)
        self.go_to_review(kind)
        box = self.page.locator("section.standing")
        expect(box.get_by_role("heading")).to_have_text(heading)
        for sentence in sentences:
            expect(box).to_contain_text(sentence)
        return box

    def inbox(self, who: str, *titles: str) -> None:
        """What waits for this person, on the page « À traiter »."""
        self.become(who)
        self.visit("contracts:inbox")
        rows = self.page.locator("main table tbody tr")
        expect(rows).to_have_count(len(titles))
        for title in titles:
            expect(rows.filter(has_text=title)).to_have_count(1)

    # --- Acting -------------------------------------------------------------------------------------------------------
    def confirm(self, label: str, **fields: str) -> None:
        """Fill the form of the page and send it; the portal then shows another page."""
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]").fill(value)
        here = self.page.url
        self.page.locator("main").get_by_role("button", name=label, exact=True).click()
        expect(self.page).not_to_have_url(here)

    def opens(self, who: str, label: str) -> None:
        """The next step of the file, from its page."""
        self.become(who)
        self.go("file")
        self.page.get_by_role("link", name=label).click()
        self.confirm("Ouvrir")

    def move(self, who: str, kind: str, label: str, told: str, **fields: str) -> None:
        """One step of the life cycle, from the page of the file."""
        self.become(who)
        self.go_to_review(kind)
        self.page.locator("section.standing").get_by_role("link", name=label, exact=True).click()
        self.confirm(label, **fields)
        expect(self.page.get_by_text(told, exact=True)).to_be_visible()

    def visas(self, kind: str, *whom: str) -> None:
        for who in whom or (ARS, FUND):
            self.move(who, kind, "Donner son visa", "Visa donné : les autres parties sont prévenues.")

    def write(self, kind: str, texts: Mapping[str, str]) -> None:
        """Sections of a letter or a project."""
        self.go("review-write", pk=self.review(kind).pk)
        self.confirm("Enregistrer et revenir au dossier", **texts)

    def upload(self, kind: str, *slots: str) -> None:
        self.go_to_review(kind)
        self.page.get_by_role("link", name="Ajouter des documents").click()
        for slot in slots:
            given = {"name": f"{slot}.pdf", "mimeType": "application/pdf", "buffer": PDF + slot.encode()}
            self.page.locator(f"main [name={slot}]").set_input_files(given)
        self.confirm("Ajouter")
        for slot in slots:
            expect(self.page.locator("section", has=self.page.locator("#documents"))).to_contain_text(f"{slot}.pdf")

    def lacks(self, label: str, *reasons: str) -> None:
        """The move is shown, and what prevents it is told before the click."""
        offer = self.page.locator("section.standing .moves > li", has_text=re.compile(label))
        expect(offer.locator(".blockers")).to_be_visible()
        for reason in reasons:
            expect(offer.locator(".blockers")).to_contain_text(reason)
