"""The grid that the migrations load: verified figures, and the rest « à confirmer » with where it comes from.

Verified: functioning of the four sizes (agreement of 2019; Senate report r25-032 of 17/10/2025); every envelope of
size 3 (annexes of two year-5 contracts of Seine-Saint-Denis, 2025-2027); the totals of 2019 (Le Quotidien du médecin
of 21/11/2019 with unscheduled care; a leaflet of CPAM d'Ille-et-Vilaine of November 2020 without it).
The rows of sizes 1, 2 and 4 are a reconstruction whose sums fall on those totals: a check, not a proof. An
administrator confirms them from the annex of a contract. The crisis envelopes of these sizes are unknown: no row.
"""

from datetime import date
from decimal import Decimal

from missions.plan.catalogue import ACCESS, CRISES, PATHWAYS, PREVENTION, QUALITY, SUPPORT

AGREEMENT, SECOND = date(2019, 8, 25), date(2022, 3, 31)  # each in force after its publication
VERIFIED, TO_CONFIRM = "verified", "to_confirm"
SENATE = "ACI du 20/06/2019, art. 9 ; Sénat, rapport r25-032 (17/10/2025)"
CONTRACTS = "Annexes de deux contrats de taille 3 (Seine-Saint-Denis, 2025-2027)"
GUESS = "Reconstitution à partir des totaux de 2019, à confirmer par l’annexe d’un contrat"
DRAFT = "Projet d’avenant n° 2 (janvier 2021), montants de négociation"

FUNCTIONING = {1: 50_000, 2: 60_000, 3: 75_000, 4: 90_000}
# mission, part: amounts by size
SIZE_3 = {
    (ACCESS, "fixed"): 90_000,
    (ACCESS, "variable"): 35_000,
    (PATHWAYS, "fixed"): 45_000,
    (PATHWAYS, "variable"): 45_000,
    (PREVENTION, "fixed"): 17_500,
    (PREVENTION, "variable"): 17_500,
    (CRISES, "fixed"): 22_500,
    (CRISES, "crisis"): 67_500,
    (QUALITY, "fixed"): 15_000,
    (QUALITY, "variable"): 15_000,
    (SUPPORT, "fixed"): 10_000,
    (SUPPORT, "variable"): 10_000,
}
GUESSED = {  # the fixed part of access holds that of unscheduled care: 35 000, 45 000, 70 000
    1: {
        (ACCESS, "fixed"): 50_000,
        (ACCESS, "variable"): 25_000,
        (PATHWAYS, "fixed"): 25_000,
        (PATHWAYS, "variable"): 25_000,
        (PREVENTION, "fixed"): 10_000,
        (PREVENTION, "variable"): 10_000,
        (QUALITY, "fixed"): 7_500,
        (QUALITY, "variable"): 7_500,
        (SUPPORT, "fixed"): 5_000,
        (SUPPORT, "variable"): 5_000,
    },
    2: {
        (ACCESS, "fixed"): 67_500,
        (ACCESS, "variable"): 30_000,
        (PATHWAYS, "fixed"): 35_000,
        (PATHWAYS, "variable"): 35_000,
        (PREVENTION, "fixed"): 12_500,
        (PREVENTION, "variable"): 12_500,
        (QUALITY, "fixed"): 10_000,
        (QUALITY, "variable"): 10_000,
        (SUPPORT, "fixed"): 7_500,
        (SUPPORT, "variable"): 7_500,
    },
    4: {
        (ACCESS, "fixed"): 105_000,
        (ACCESS, "variable"): 45_000,
        (PATHWAYS, "fixed"): 50_000,
        (PATHWAYS, "variable"): 50_000,
        (PREVENTION, "fixed"): 20_000,
        (PREVENTION, "variable"): 20_000,
        (QUALITY, "fixed"): 20_000,
        (QUALITY, "variable"): 20_000,
        (SUPPORT, "fixed"): 15_000,
        (SUPPORT, "variable"): 15_000,
    },
}
START_UP = {1: 15_000, 2: 17_500, 3: 20_000, 4: 25_000}


def rates() -> list[tuple[str, str, int, Decimal, date, str, str]]:
    """Rows (mission or nothing, part, size, amount, start, source, confidence).

    Size 3 is verified from the second amendment on; the years before carry the same figures, to be confirmed.
    """
    found: list[tuple[str, str, int, Decimal, date, str, str]] = []
    for size, amount in FUNCTIONING.items():
        found.append(("", "functioning", size, Decimal(amount), AGREEMENT, SENATE, VERIFIED))
    for (mission, part), amount in SIZE_3.items():
        found.append((mission, part, 3, Decimal(amount), SECOND, CONTRACTS, VERIFIED))
        if mission != CRISES:
            found.append((mission, part, 3, Decimal(amount), AGREEMENT, GUESS, TO_CONFIRM))
    for size, rows in GUESSED.items():
        found += [
            (mission, part, size, Decimal(a), AGREEMENT, GUESS, TO_CONFIRM) for (mission, part), a in rows.items()
        ]
    for size, amount in START_UP.items():
        found.append(("", "start_up", size, Decimal(amount), SECOND, DRAFT, TO_CONFIRM))
    return found


PRESS = "Le Quotidien du médecin, 21/11/2019"
LEAFLET = "CPAM d’Ille-et-Vilaine, présentation des CPTS, novembre 2020"
DEDUCED = "Déduit des montants des autres tailles"
# size, with unscheduled care, amount, source, confidence
TOTALS = (
    (1, True, 220_000, PRESS, VERIFIED),
    (2, True, 287_000, PRESS, VERIFIED),
    (3, True, 370_000, PRESS, VERIFIED),
    (4, True, 450_000, PRESS, VERIFIED),
    (1, False, 185_000, LEAFLET, VERIFIED),
    (2, False, 242_500, DEDUCED, TO_CONFIRM),
    (3, False, 315_000, DEDUCED, TO_CONFIRM),
    (4, False, 380_000, LEAFLET, VERIFIED),
)
RULES = (75, "days", AGREEMENT, "ACI du 20/06/2019, art. 9.1 (avance) ; prorata en jours à confirmer", TO_CONFIRM)
