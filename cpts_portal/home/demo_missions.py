"""The missions of the demonstration: the CPTS of size 3 carries a whole contract; the others took on theirs.

A CPTS that has a mission already is left as it is. Everything is written with the functions the screens use.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from cpts_portal.accounts.models import User
from cpts_portal.core.periods import local_moment
from cpts_portal.home.demo_indicators import ENVELOPES, INDICATORS, DemoIndicator
from members.models import Mandate, Professional
from missions.indicators.achievement import Rung
from missions.indicators.periods_of_year import periods_of
from missions.indicators.proving import ProofFields, add_proof
from missions.indicators.results import record
from missions.indicators.rules import TargetFields, add_indicator, set_envelope, set_target
from missions.meetings.attending import Mark, check_in, invite, lock_attendance
from missions.meetings.convening import GroupSheet, MeetingSheet, add_group, add_meeting, add_people
from missions.meetings.minutes import add_decision, publish_minutes, write_minutes
from missions.models import Action, CptsMission, Exercise, Group, Indicator, Meeting, OfficialMission, Target
from missions.plan.action_plan import ActionSheet, BudgetRow, DeliverableRow, add_action, note_progress, start_action
from missions.plan.catalogue import ACCESS, CRISES, PATHWAYS, PREVENTION, QUALITY, SUPPORT
from missions.plan.planning import deploy_mission, open_exercises, start_mission, take_on
from territories.models import Cpts

FULL = "ploermel"
SIGNED_ON = date(2024, 10, 9)
STARTS = {ACCESS: 2, PATHWAYS: 5, PREVENTION: 4, CRISES: 5, QUALITY: 8, SUPPORT: 10}  # months after the signature
DEPLOYED = {ACCESS: 15, PREVENTION: 20}


@dataclass(frozen=True)
class DemoAction:
    title: str
    missions: tuple[str, ...]
    theme: str
    audience: str
    objective: str
    start: date
    end: date
    planned: int
    spent: int
    progress: int
    deliverable: str


ACTIONS = (
    DemoAction(
        "Parcours de la personne âgée entre la ville et l’hôpital",
        (PATHWAYS,),
        "Personnes âgées",
        "Personnes de plus de 70 ans",
        "Éviter les retours aux urgences : un circuit de sortie, des fiches de liaison, un numéro unique.",
        date(2025, 3, 3),
        date(2027, 7, 1),
        18_000,
        9_450,
        60,
        "Fiche de liaison ville-hôpital",
    ),
    DemoAction(
        "Repérage précoce des troubles du neurodéveloppement",
        (PATHWAYS, PREVENTION),
        "Enfance",
        "Enfants de moins de 7 ans et leurs parents",
        "Former au repérage, raccourcir le délai avant le premier bilan.",
        date(2025, 9, 1),
        date(2027, 1, 1),
        7_200,
        3_100,
        45,
        "Livret de repérage",
    ),
    DemoAction(
        "Trouver un médecin traitant aux patients en affection de longue durée",
        (ACCESS,),
        "Médecin traitant",
        "Patients en affection de longue durée sans médecin traitant",
        "Un guichet unique, une réponse sous trente jours.",
        date(2025, 1, 6),
        date(2026, 12, 31),
        6_000,
        5_280,
        80,
        "Bilan annuel du guichet",
    ),
)
MEETINGS = (
    # day, title, mission, how many were there, minutes
    (
        date(2025, 11, 18),
        "Soirée pluriprofessionnelle : sortie d’hospitalisation",
        PATHWAYS,
        14,
        "Les présents ont relu la fiche de liaison et retenu trois services pilotes.",
    ),
    (
        date(2026, 3, 10),
        "Échanges de pratiques : conciliation médicamenteuse",
        QUALITY,
        17,
        "Cinq situations ont été étudiées, sans aucun nom de patient. Une procédure commune est rédigée.",
    ),
    (
        date(2026, 10, 20),
        "Soirée pluriprofessionnelle : personnes âgées à domicile",
        PATHWAYS,
        12,
        "Le circuit est présenté aux nouveaux installés ; deux tournées communes commencent.",
    ),
)


def fill_missions(cpts: dict[str, Cpts], *, today: date, by: User, made: Counter[str]) -> None:
    """Missions for the CPTS that have none; the whole of a contract for the one of size 3."""
    for key, one in cpts.items():
        if CptsMission.objects.filter(cpts=one).exists():
            continue
        if key == FULL:
            Contract(one, today, by).fill(made)
        else:
            core = OfficialMission.objects.filter(code__in=[ACCESS, PATHWAYS, PREVENTION, CRISES])
            made["missions"] += len(take_on(one, missions=core, agreed_on=None, by=by))


class Contract:
    """One contract being filled: its missions and years, who signs, what day it is."""

    def __init__(self, cpts: Cpts, today: date, by: User) -> None:
        self.cpts, self.today, self.by = cpts, today, by
        self.missions: dict[str, CptsMission] = {}
        self.years: list[Exercise] = []
        self.people = list(Professional.objects.filter(cpts=cpts).order_by("pk"))

    def fill(self, made: Counter[str]) -> None:
        self.years = open_exercises(self.cpts, first_day=SIGNED_ON, by=self.by)
        self.take_on_missions()
        for rank, example in enumerate(INDICATORS, 1):
            self.indicator(example, rank)
        for code, amount in ENVELOPES.items():
            for year in self.years:
                set_envelope(self.missions[code], year, amount, by=self.by)
        actions = [self.action(example) for example in ACTIONS]
        group = self.group(actions[0])
        meetings = [self.meeting(group, *example) for example in MEETINGS if example[0] <= self.today]
        made["missions"] += len(self.missions)
        made["indicators"] += len(INDICATORS)
        made["meetings"] += len(meetings)

    def take_on_missions(self) -> None:
        taken = take_on(self.cpts, missions=OfficialMission.objects.all(), agreed_on=SIGNED_ON, by=self.by)
        for mission in taken:
            code = mission.mission.code
            started = SIGNED_ON + relativedelta(months=STARTS[code])
            self.missions[code] = start_mission(mission, on=started, day=self.today, by=self.by)
            if code in DEPLOYED:
                deployed = SIGNED_ON + relativedelta(months=DEPLOYED[code])
                self.missions[code] = deploy_mission(mission, on=deployed, day=self.today, by=self.by)

    # --- Indicators -------------------------------------------------------------------------------------------------
    def indicator(self, example: DemoIndicator, rank: int) -> Indicator:
        names = ("name", "kind", "unit", "source", "formula", "direction", "method", "cadence", "aggregation")
        fields = {name: getattr(example, name) for name in (*names, "counted", "decimals")}
        if example.baseline:
            fields |= {"baseline": Decimal(example.baseline), "baseline_on": SIGNED_ON}
        made = add_indicator(
            self.missions[example.mission], fields={**fields, "rank": rank}, proofs=example.proofs, by=self.by
        )
        targets = [set_target(made, year, _target(example), by=self.by) for year in self.years]
        self.results(example, targets)
        return made

    def results(self, example: DemoIndicator, targets: list[Target]) -> None:
        periods = [(target, each) for target in targets for each in periods_of(target.exercise, example.cadence)]
        for value, (target, period) in zip(example.results, periods, strict=False):
            if period.start <= self.today:
                record(target, period, value=Decimal(value), comment="", version="0", day=self.today, by=self.by)
            if example.link:
                add_proof(target, ProofFields("link", example.name, link=example.link), by=self.by)

    # --- Actions and meetings ---------------------------------------------------------------------------------------
    def action(self, example: DemoAction) -> Action:
        sheet = ActionSheet(
            {name: getattr(example, name) for name in ("title", "theme", "audience", "objective", "start", "end")},
            [self.missions[code] for code in example.missions],
            leads=self.people[:1],
            budget=[
                BudgetRow(
                    "Temps des professionnels",
                    "mission",
                    self.missions[example.missions[0]],
                    planned=Decimal(example.planned),
                    committed=Decimal(example.spent),
                    spent=Decimal(example.spent),
                )
            ],
            deliverables=[DeliverableRow(example.deliverable, due_on=example.end - relativedelta(months=1))],
        )
        made = add_action(self.cpts, sheet, by=self.by)
        start_action(made, on=example.start, day=self.today, by=self.by)
        return note_progress(made, progress=example.progress, note="", by=self.by)

    def group(self, action: Action) -> Group:
        sheet = GroupSheet({"name": "Groupe Parcours et qualité"}, list(action.missions.all()))
        made = add_group(self.cpts, sheet, by=self.by)
        leads = Mandate.objects.filter(professional__cpts=self.cpts).values_list("professional_id", flat=True)
        chosen = [person for person in self.people if person.pk in set(leads)] or self.people[:6]
        add_people(made, chosen, start=SIGNED_ON, by=self.by)
        return made

    def meeting(self, group: Group, day: date, title: str, mission: str, present: int, minutes: str) -> Meeting:
        moments = {name: local_moment(day, time(hour)) for name, hour in (("starts_at", 20), ("ends_at", 22))}
        fields = {
            "title": title,
            "group": group,
            "place": "Salle des fêtes",
            "agenda": "1. Accueil\n2. Travail",
            **moments,
        }
        made = add_meeting(self.cpts, MeetingSheet(fields, [self.missions[mission]]), by=self.by)
        moment = moments["ends_at"]
        for attendance in invite(made, people=self.people[:present], by=self.by):
            check_in(attendance, Mark("present"), moment=moment, by=self.by)
        lock_attendance(made, moment=moment, by=self.by)
        made.refresh_from_db()
        write_minutes(made, minutes, version=str(made.version), by=self.by)
        add_decision(made, text="Le travail continue au prochain trimestre.", votes="Unanimité", by=self.by)
        return publish_minutes(made, moment=moment, by=self.by)


def _target(example: DemoIndicator) -> TargetFields:
    return TargetFields(
        example.target_kind,
        Decimal(example.target),
        Decimal(example.written) if example.written else None,
        Decimal(example.amount),
        tuple(Rung(Decimal(bound), Decimal(amount)) for bound, amount in example.rungs),
    )
