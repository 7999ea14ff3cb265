"""The contracts of the demonstration: the five CPTS live through their real dates.

    Penthièvre       project validated on 15/09/2022, signed on 28/09/2022, in force
    Ploërmel         letter of intent in September 2023, signed on 09/10/2024; first year closed, second one in review
    Nord Cantal      signed on 21/02/2020 with part of the missions (« jusqu'à 175 000 € »), expired; renewal negotiated
    Haute-Saintonge  signed before the portal, entered as it stands (its press document bears no date)
    Marches          signed in 2020 and again in 2025, amended for the entry of Fougères (size 1 to 2)

Texts, signatories and reasons are made up. A CPTS that has a file already is left as it is. No mail is sent.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from contracts.deal.amending import Subject, open_amendment
from contracts.deal.contracting import open_contract, terms_of_version, write_terms
from contracts.deal.exchanges import plan_exchanges
from contracts.deal.recorded import SignedPaper, record_contract
from contracts.models import Contract, ContractVersion, Party, Review, ReviewKind, Slot
from contracts.money.other_resources import add_resource
from contracts.papers.diagnosis import portal_texts
from contracts.papers.files import add_document
from contracts.papers.statements import SECTIONS, open_statement
from contracts.review.lifecycle import REVIEWS
from contracts.terms.drafting import chosen_missions, with_grid
from contracts.terms.terms import Terms
from cpts_portal.accounts.models import User
from cpts_portal.accounts.roles import Role
from cpts_portal.core.pdf import pdf_problem
from cpts_portal.core.workflow import Act
from cpts_portal.home.demo import CPTS, DOMAIN, USERS
from cpts_portal.home.demo_years import two_years
from missions.models import CptsMission
from missions.plan.catalogue import ACCESS, CRISES, PATHWAYS, PREVENTION, QUALITY, SUPPORT
from missions.plan.planning import start_mission
from territories.models import Cpts

CORE = (ACCESS, PATHWAYS, PREVENTION, CRISES)
SIDES = {Party.CPTS: Role.BOARD, Party.ARS: Role.ARS_AGENT, Party.FUND: Role.FUND_AGENT}
SIGNATORIES: dict[str, str] = {
    Party.CPTS: "Dominique Exemple, présidence de la CPTS",
    Party.ARS: "Camille Exemple, direction générale, par délégation",
    Party.FUND: "Alix Exemple, direction de la caisse",
}
TEXTS = {
    "actors": "Le bureau de l’association, les professionnels libéraux du territoire, les deux hôpitaux locaux, "
    "les services de soins à domicile et les élus des intercommunalités.",
    "orientations": "Accès à un médecin traitant, sorties d’hospitalisation préparées, prévention des chutes, "
    "plan de réponse aux crises.",
    "calendar": "Projet de santé déposé sous un an ; groupes de travail chaque mois.",
    "diagnosis": "Un tiers des médecins a plus de soixante ans. Les habitants sans médecin traitant se tournent "
    "vers les urgences.",
    "missions": "Un guichet unique, un circuit de sortie d’hospitalisation, de la prévention, un plan de crise.",
    "governance": "Une association loi 1901, un bureau de six personnes, une coordination salariée.",
    "evaluation": "Un tableau d’indicateurs relu chaque trimestre avec l’ARS et la caisse.",
}
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
PAPER_END = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def fill_contracts(cpts: dict[str, Cpts], *, today: date, made: Counter[str]) -> None:
    """The file of each CPTS that has none."""
    ways = {
        "penthievre": _penthievre,
        "ploermel": _ploermel,
        "nord-cantal": _nord_cantal,
        "haute-saintonge": _haute_saintonge,
        "marches-de-bretagne": _marches,
    }
    for key, way in ways.items():
        if not Review.objects.filter(cpts=cpts[key]).exists():
            way(Story(key, cpts[key], today))
            made["contracts"] += Contract.objects.filter(cpts=cpts[key]).count()


class Story:
    """One file being lived: who acts for each side, and the moves of its reviews on their real days."""

    def __init__(self, key: str, cpts: Cpts, today: date) -> None:
        self.cpts, self.today = cpts, today
        example = next(each for each in CPTS if each.key == key)
        self.people = {
            Role.COORDINATOR: _user_of(Role.COORDINATOR, key),
            Role.BOARD: _user_of(Role.BOARD, key),
            Role.ARS_AGENT: _user_of(Role.ARS_AGENT, example.ars),
            Role.FUND_AGENT: _user_of(Role.FUND_AGENT, example.lead_fund),
        }
        self.coordinator = self.people[Role.COORDINATOR]

    def move(self, review: Review, name: str, role: Role, day: date, **fields: Any) -> Review:
        review.refresh_from_db()
        act = Act(
            by=self.people[role],
            roles=frozenset({role}),
            moment=datetime.combine(day, time(10), UTC),
            version=str(review.version),
            **fields,
        )
        return REVIEWS.make(review, name, act)

    def statement(self, kind: str, opened: date) -> Review:
        known = portal_texts(self.cpts, kind, max(opened, _first_day(self.cpts)))
        texts = {each.code: known.get(each.code) or TEXTS[each.code] for each in SECTIONS[kind]}
        title = ReviewKind(kind).label
        return open_statement(self.cpts, kind, title=title, sections=texts, day=opened, by=self.coordinator)

    def accepted(self, kind: str, opened: date, submitted: date, decided: date) -> Review:
        """A letter or a project written, submitted, accepted by both agencies."""
        review = self.statement(kind, opened)
        self.documents(review, (Slot.STATUTES, Slot.RNA_RECEIPT) if kind == ReviewKind.PROJECT else ())
        self.move(review, "submit", Role.COORDINATOR, submitted)
        self.move(review, "visa", Role.FUND_AGENT, decided - timedelta(days=6))
        return self.move(review, "visa", Role.ARS_AGENT, decided)

    def documents(self, review: Review, slots: Iterable[Slot]) -> None:
        for slot in slots:
            content = PAPER + f"% {slot.label}, {self.cpts}\n".encode() + PAPER_END
            name = f"{slot.value.replace('_', '-')}.pdf"
            add_document(review, slot=slot, title="", filename=name, content=content, by=self.coordinator)

    def signed(self, starts: Mapping[str, date], submitted: date, on: date) -> Contract:
        """Negotiated and signed in the portal, all on the days of the press document."""
        version = open_contract(self.cpts, day=on, by=self.coordinator)
        terms = starting_on(terms_of_version(version), starts, on)
        version = write_terms(version, terms, stamp=str(version.review.version), by=self.coordinator)
        self.documents(version.review, (Slot.BANK_DETAILS,))
        self.move(version.review, "submit", Role.COORDINATOR, submitted)
        self.agreed(version.review, on - timedelta(days=2))
        for party, role in SIDES.items():
            data = {"on": on, "signatory": SIGNATORIES[party]}
            self.move(version.review, "sign", role, on, data=data)
        return Contract.objects.get(pk=version.contract_id)

    def agreed(self, review: Review, day: date) -> None:
        self.move(review, "visa", Role.FUND_AGENT, day)
        self.move(review, "visa", Role.ARS_AGENT, day)
        self.move(review, "agree", Role.BOARD, day)

    def recorded(self, starts: Mapping[str, date], on: date, **fields: Any) -> Contract:
        """Signed before the portal: entered as it stands."""
        paper = SignedPaper(
            starts_on=on, signed_on=dict.fromkeys(Party, on), signatories=SIGNATORIES, starts=starts, **fields
        )
        return record_contract(self.cpts, paper, day=self.today, by=self.coordinator)

    def started(self, starts: Mapping[str, date]) -> None:
        for mission in CptsMission.objects.filter(cpts=self.cpts, started_on=None, mission__code__in=starts):
            on = starts[mission.mission.code]
            if on <= self.today:
                start_mission(mission, on=on, day=self.today, by=self.coordinator)


def starting_on(terms: Terms, starts: Mapping[str, date], day: date) -> Terms:
    """These missions, from these days, with the amounts of the grid of that day."""
    return with_grid(replace(terms, missions=chosen_missions(starts, day)), day)


def _user_of(role: Role, place: str) -> User:
    user = next(each for each in USERS if (role, place) in each.accesses)
    return User.objects.get(email=f"{user.login}@{DOMAIN}")


def _first_day(cpts: Cpts) -> date:
    return cpts.territory.earliest("start").start


def _penthievre(story: Story) -> None:
    signed = date(2022, 9, 28)
    starts = {
        ACCESS: date(2023, 1, 2),
        PATHWAYS: date(2023, 6, 1),
        PREVENTION: date(2023, 4, 3),
        CRISES: date(2023, 3, 1),
    }
    story.accepted(ReviewKind.PROJECT, date(2022, 5, 2), date(2022, 7, 20), date(2022, 9, 15))
    contract = _sign(story, starts, date(2022, 9, 19), signed)
    story.started(starts)
    plan_exchanges(contract, day=story.today, by=story.coordinator)
    fields = {"label": "Amorçage de l’ARS", "giver": str(story.cpts.ars), "amount": 15_000, "received_on": signed}
    add_resource(story.cpts, fields={**fields, "note": ""}, by=story.coordinator)


def _sign(story: Story, starts: Mapping[str, date], submitted: date, on: date) -> Contract:
    """In the portal; as it stands on a machine that draws no PDF, since the seal needs one."""
    return story.signed(starts, submitted, on) if not pdf_problem() else story.recorded(starts, on)


def _ploermel(story: Story) -> None:
    signed = date(2024, 10, 9)
    missions = CptsMission.objects.filter(cpts=story.cpts).select_related("mission")
    starts = {each.mission.code: each.started_on or signed for each in missions}
    story.accepted(ReviewKind.LETTER, date(2023, 6, 1), date(2023, 9, 4), date(2023, 9, 25))
    story.accepted(ReviewKind.PROJECT, date(2023, 10, 2), date(2024, 7, 15), date(2024, 9, 6))
    contract = _sign(story, starts, date(2024, 9, 16), signed)
    plan_exchanges(contract, day=story.today, by=story.coordinator)
    two_years(story, contract)


def _nord_cantal(story: Story) -> None:
    signed = date(2020, 2, 21)
    starts = {ACCESS: date(2020, 6, 1), PATHWAYS: date(2020, 9, 1)}
    contract = story.recorded(starts, signed, reference="ACI 15-2020")
    story.started(starts)
    version = open_contract(story.cpts, day=story.today, by=story.coordinator, previous=contract)
    promised = {code: story.today + timedelta(days=90) for code in (*CORE, QUALITY, SUPPORT)}
    write_terms(
        version,
        starting_on(terms_of_version(version), promised, story.today),
        stamp=str(version.review.version),
        by=story.coordinator,
    )


def _haute_saintonge(story: Story) -> None:
    signed = date(2024, 1, 1)
    starts = dict.fromkeys(CORE, date(2024, 6, 3))
    story.recorded(starts, signed)
    story.started(starts)


def _marches(story: Story) -> None:
    first, second, joining = date(2020, 11, 6), date(2025, 11, 6), date(2027, 1, 1)
    starts = dict.fromkeys(CORE, date(2021, 4, 1))
    story.recorded(starts, first)
    story.started(starts)
    contract = story.recorded(dict.fromkeys(CORE, second), second)
    amendment: ContractVersion = open_amendment(
        contract,
        reason="Entrée de Fougères Agglomération dans le territoire : la CPTS passe de la taille 1 à la taille 2.",
        asked_by=Party.CPTS,
        effective_on=joining,
        subjects=(Subject.TERRITORY,),
        day=story.today,
        by=story.coordinator,
    )
    story.move(amendment.review, "submit", Role.COORDINATOR, story.today)
    story.move(amendment.review, "visa", Role.FUND_AGENT, story.today)
