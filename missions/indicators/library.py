"""Indicators seen in two real year-5 contracts (Seine-Saint-Denis, 2025-2027), to start from.

Each row: mission, name, kind, unit, source, direction, method, cadence, aggregation, counted, proofs, formula.
"""

from dataclasses import dataclass
from typing import Any

from missions.plan.catalogue import ACCESS, CRISES, PATHWAYS, PREVENTION, QUALITY, SUPPORT


@dataclass(frozen=True)
class Pattern:
    mission: str
    name: str
    unit: str
    formula: str = ""
    kind: str = "result"
    source: str = "fund"
    direction: str = "up"
    method: str = "binary"
    cadence: str = "year"
    aggregation: str = "last"
    counted: str = ""
    proofs: tuple[str, ...] = ("extract",)


def declared(mission: str, name: str, unit: str, formula: str = "", **other: Any) -> Pattern:
    """Declared by the CPTS, with documents."""
    return Pattern(mission, name, unit, formula, **{"source": "cpts", "proofs": ("report",), **other})


def counted(mission: str, name: str, unit: str, what: str, formula: str = "") -> Pattern:
    """Counted by the portal on locked attendances: the sheets and the minutes are the proofs."""
    return Pattern(
        mission,
        name,
        unit,
        formula,
        kind="means",
        source="portal",
        cadence="quarter",
        aggregation="sum",
        counted=what,
        proofs=("attendance", "minutes"),
    )


INDICATORS = (
    Pattern(
        ACCESS,
        "Patients en ALD sans médecin traitant",
        "patients",
        "Nombre de patients en affection de longue durée du territoire sans médecin traitant déclaré.",
        direction="down",
        method="steps",
    ),
    Pattern(ACCESS, "Patients de plus de 16 ans avec un médecin traitant", "patients", method="binary"),
    Pattern(
        ACCESS, "Bénéficiaires de la C2S en ALD sans médecin traitant", "patients", direction="down", method="linear"
    ),
    Pattern(ACCESS, "Patients de plus de 70 ans sans médecin traitant", "patients", direction="down", method="linear"),
    declared(
        ACCESS,
        "Médecins participant au service d’accès aux soins",
        "médecins",
        "Nombre de médecins du territoire inscrits sur la plateforme.",
        kind="follow_up",
    ),
    declared(
        ACCESS,
        "Annuaire numérique des professionnels en ligne et diffusé",
        "annuaire",
        kind="means",
        proofs=("link", "document"),
    ),
    declared(
        ACCESS,
        "Délai de réponse du guichet unique médecin traitant",
        "jours",
        "Délai moyen entre la demande et la réponse. Le suivi nominatif reste à la CPTS : seul le délai est saisi.",
        direction="down",
        method="steps",
        cadence="quarter",
    ),
    declared(
        PATHWAYS,
        "Parcours écrit, diffusé et mis en œuvre",
        "parcours",
        kind="means",
        proofs=("document", "report"),
    ),
    declared(
        PATHWAYS,
        "Patients intégrés dans un parcours",
        "patients",
        method="linear",
        cadence="quarter",
        aggregation="sum",
    ),
    counted(
        PATHWAYS,
        "Réunions pluriprofessionnelles tenues",
        "réunions",
        "meetings",
        "Réunions aux présences verrouillées.",
    ),
    Pattern(PREVENTION, "Taux de dépistage du cancer du sein", "%", method="steps"),
    Pattern(PREVENTION, "Taux de dépistage du cancer du col de l’utérus", "%", method="steps"),
    Pattern(PREVENTION, "Taux de dépistage du cancer colorectal", "%", method="steps"),
    declared(
        PREVENTION,
        "Participants aux journées de prévention",
        "participants",
        method="linear",
        cadence="quarter",
        aggregation="sum",
        proofs=("attendance", "report"),
    ),
    declared(
        PREVENTION,
        "Journées de prévention tenues",
        "journées",
        kind="means",
        cadence="quarter",
        aggregation="sum",
        proofs=("report", "document"),
    ),
    declared(
        CRISES,
        "Plan de réponse aux crises conforme et à jour",
        "plan",
        "Conforme à la trame nationale, avec la date de sa mise à jour.",
        kind="means",
        proofs=("document",),
    ),
    declared(CRISES, "Professionnels inscrits au plan de réponse", "professionnels", kind="follow_up"),
    counted(QUALITY, "Réunions de concertation avec compte rendu", "réunions", "meetings"),
    counted(QUALITY, "Participants différents aux soirées d’échanges de pratiques", "participants", "people"),
    declared(
        SUPPORT,
        "Soignants équipés d’un bouton d’urgence",
        "soignants",
        kind="means",
        aggregation="sum",
        proofs=("invoice",),
    ),
    declared(
        SUPPORT,
        "Maîtres de stage formés",
        "professionnels",
        kind="means",
        aggregation="sum",
        proofs=("document",),
    ),
    declared(
        SUPPORT, "Professionnels accompagnés à l’installation", "professionnels", kind="follow_up", aggregation="sum"
    ),
)
