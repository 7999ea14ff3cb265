"""The indicators of the demonstration: those of a real year-5 contract of a CPTS of size 3, amounts included.

Amounts and steps: public annex of a contract of Seine-Saint-Denis, 2026-2027. Its quality and support parts are given
there as totals: how they are split here is made up, as are the results. The slip of the contract is kept as it is
written (« 68 811 » for 66 111 + 700): the portal shows it.
"""

from dataclasses import dataclass
from decimal import Decimal

from missions.plan.catalogue import ACCESS, CRISES, PATHWAYS, PREVENTION, QUALITY, SUPPORT

# Variable part of each mission for size 3, in euros a year.
ENVELOPES = {
    ACCESS: Decimal(35_000),
    PATHWAYS: Decimal(45_000),
    PREVENTION: Decimal(17_500),
    QUALITY: Decimal(15_000),
    SUPPORT: Decimal(10_000),
}


@dataclass(frozen=True)
class DemoIndicator:
    """`results` fill the periods in order, from the first day of the contract."""

    mission: str
    name: str
    unit: str
    amount: int
    target: str
    kind: str = "result"
    source: str = "cpts"
    direction: str = "up"
    method: str = "binary"
    cadence: str = "year"
    aggregation: str = "last"
    counted: str = ""
    decimals: int = 0
    baseline: str = ""
    target_kind: str = "absolute"
    written: str = ""
    rungs: tuple[tuple[str, int], ...] = ()
    proofs: tuple[str, ...] = ("report",)
    results: tuple[str, ...] = ()
    formula: str = ""
    link: str = ""


def screening(where: str, baseline: str, rungs: tuple[str, str, str], results: tuple[str, ...]) -> DemoIndicator:
    """A rate of screening with its three steps: « socle », « intermédiaire », « objectif »."""
    return DemoIndicator(
        PREVENTION,
        f"Taux de dépistage du cancer {where}",
        "%",
        3_500,
        rungs[2],
        source="fund",
        method="steps",
        decimals=2,
        baseline=baseline,
        rungs=tuple(zip(rungs, (1_000, 2_500, 3_500), strict=True)),
        proofs=("extract",),
        results=results,
        formula="Personnes de la population cible à jour de leur dépistage, sur l’ensemble de la population cible.",
    )


def from_meetings(mission: str, name: str, unit: str, amount: int, target: str, counted: str) -> DemoIndicator:
    """Counted by the portal on locked attendances."""
    return DemoIndicator(
        mission,
        name,
        unit,
        amount,
        target,
        kind="means",
        source="portal",
        cadence="quarter",
        aggregation="sum",
        counted=counted,
        proofs=("attendance", "minutes"),
    )


INDICATORS = (
    DemoIndicator(
        ACCESS,
        "Patients en ALD sans médecin traitant",
        "patients",
        9_000,
        "50",
        source="fund",
        direction="down",
        method="steps",
        baseline="219",
        rungs=(("50", 9_000), ("100", 6_000), ("219", 3_000)),
        proofs=("extract",),
        results=("161", "97"),
        formula="Patients en affection de longue durée du territoire sans médecin traitant déclaré.",
    ),
    DemoIndicator(
        ACCESS,
        "Patients de plus de 16 ans avec un médecin traitant",
        "patients",
        5_000,
        "700",
        source="fund",
        baseline="66111",
        target_kind="delta",
        written="68811",
        proofs=("extract",),
        results=("66420", "66845"),
    ),
    DemoIndicator(
        ACCESS,
        "Bénéficiaires de la C2S en ALD sans médecin traitant",
        "patients",
        3_000,
        "-30",
        source="fund",
        direction="down",
        method="linear",
        baseline="84",
        target_kind="delta",
        proofs=("extract",),
        results=("75", "63"),
    ),
    DemoIndicator(
        ACCESS,
        "Patients de plus de 70 ans sans médecin traitant",
        "patients",
        5_000,
        "-120",
        source="fund",
        direction="down",
        method="linear",
        baseline="640",
        target_kind="delta",
        proofs=("extract",),
        results=("611", "548"),
    ),
    DemoIndicator(
        ACCESS,
        "Rencontres avec la CPAM sur l’accès au médecin traitant",
        "rencontres",
        2_000,
        "4",
        kind="means",
        cadence="quarter",
        aggregation="sum",
        proofs=("minutes",),
        results=("1", "1", "1", "1", "1", "1", "0", "1"),
    ),
    DemoIndicator(
        ACCESS,
        "Annuaire numérique des professionnels en ligne et diffusé",
        "annuaire",
        3_000,
        "1",
        kind="means",
        proofs=("link",),
        results=("1", "1"),
        link="https://annuaire.demo.example/",
    ),
    DemoIndicator(
        ACCESS,
        "Médecins participant au service d’accès aux soins",
        "médecins",
        5_000,
        "12",
        cadence="quarter",
        proofs=("report",),
        results=("5", "6", "8", "9", "11", "12", "12", "13", "13"),
    ),
    DemoIndicator(
        ACCESS,
        "Délai de réponse du guichet unique médecin traitant",
        "jours",
        3_000,
        "30",
        direction="down",
        method="steps",
        cadence="quarter",
        rungs=(("30", 3_000), ("60", 2_000), ("90", 1_000)),
        results=("88", "79", "64", "58", "51", "44", "37", "33"),
        formula="Délai moyen entre la demande et la réponse. Le suivi nominatif reste à la CPTS.",
    ),
    DemoIndicator(
        PATHWAYS,
        "Patients intégrés au parcours de la personne âgée",
        "patients",
        20_000,
        "100",
        cadence="quarter",
        aggregation="sum",
        results=("8", "15", "22", "26", "24", "31", "29", "35", "18"),
        formula="Nombre de patients, sans aucun nom : la liste reste dans l’outil de soin.",
    ),
    from_meetings(PATHWAYS, "Soirées pluriprofessionnelles tenues", "soirées", 14_000, "4", "meetings"),
    DemoIndicator(
        PATHWAYS,
        "Parcours de la personne âgée écrit, diffusé et mis en œuvre",
        "parcours",
        11_000,
        "1",
        kind="means",
        proofs=("document", "report"),
        results=("0", "1"),
    ),
    screening("du sein", "66.26", ("69.70", "72.40", "75.00"), ("67.90", "70.10")),
    screening("du col de l’utérus", "58.10", ("60.00", "62.50", "65.00"), ("59.20", "62.80")),
    screening("colorectal", "33.40", ("35.00", "38.00", "41.00"), ("33.90", "35.70")),
    DemoIndicator(
        PREVENTION,
        "Journées de prévention tenues",
        "journées",
        500,
        "2",
        kind="means",
        aggregation="sum",
        results=("1", "3"),
    ),
    DemoIndicator(
        PREVENTION,
        "Participants aux journées de prévention",
        "participants",
        1_000,
        "800",
        results=("310", "865"),
    ),
    DemoIndicator(
        PREVENTION,
        "Personnes orientées à la suite d’un dépistage",
        "personnes",
        5_500,
        "250",
        method="linear",
        baseline="0",
        cadence="quarter",
        aggregation="sum",
        results=("12", "20", "31", "40", "44", "52", "61", "58"),
    ),
    DemoIndicator(
        CRISES,
        "Plan de réponse aux crises conforme à la trame nationale et à jour",
        "plan",
        0,
        "1",
        kind="means",
        proofs=("document",),
        results=("1", "1"),
    ),
    from_meetings(QUALITY, "Réunions de concertation avec compte rendu", "réunions", 7_500, "2", "meetings"),
    from_meetings(QUALITY, "Participants aux échanges de pratiques", "participants", 7_500, "15", "people"),
    DemoIndicator(
        SUPPORT,
        "Soignants équipés d’un bouton d’urgence",
        "soignants",
        4_000,
        "40",
        proofs=("invoice",),
        results=("18", "42"),
    ),
    DemoIndicator(
        SUPPORT,
        "Présence au congrès des internes",
        "stand",
        2_000,
        "1",
        kind="means",
        proofs=("invoice",),
        results=("1", "1"),
    ),
    DemoIndicator(
        SUPPORT,
        "Professionnels aidés à l’installation",
        "professionnels",
        4_000,
        "5",
        results=("2", "4"),
    ),
)
