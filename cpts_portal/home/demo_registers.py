"""The registers of the demonstration: how many of which profession, since when, and what happened later.

Accès Santé Nord Cantal has the 56 members of its printed table of 31/12/2019 (press file of 21/02/2020, 17 categories).
Ploërmel has the 59 members of May 2024 and the 18 other professionals who take part without being members (77
participants). The three others are made up, as are all names, numbers and addresses.
"""

from dataclasses import dataclass
from datetime import date

from members.models import Mandate, StructureKind
from members.shared.nomenclatures import HEALTH, PORTAL, SOCIAL, TITLE

LIBERAL, ESTABLISHMENTS, SOCIAL_CARE, USERS = 0, 1, 2, 3
COLLEGES = (
    "Professionnels de santé libéraux",
    "Établissements et professionnels salariés",
    "Médico-social et social",
    "Usagers et collectivités",
)


@dataclass(frozen=True)
class Group:
    """So many persons of one profession, in one exercise mode (L: liberal, S: salaried)."""

    code: str
    count: int
    mode: str = "L"
    nomenclature: str = HEALTH
    college: int = LIBERAL


@dataclass(frozen=True)
class Wave:
    """Those who joined between two days."""

    first: date
    last: date
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Houses:
    """So many structures of one kind, with what their names start with."""

    kind: StructureKind
    name: str
    count: int
    college: int = ESTABLISHMENTS


@dataclass(frozen=True)
class DemoRegister:
    key: str  # of the CPTS in demo.py
    number: int  # first of its fictitious numbers
    waves: tuple[Wave, ...]
    structures: tuple[Houses, ...]
    elected_on: date
    departures: tuple[tuple[date, str], ...] = ()  # one member of the first wave each
    others: tuple[Group, ...] = ()  # professionals known to the CPTS who are not members
    dues: tuple[int, ...] = ()  # years
    applications: int = 0

    @property
    def founded(self) -> date:
        return self.waves[0].first


NORTH_CANTAL = DemoRegister(
    key="nord-cantal",
    number=15_000_000,
    waves=(
        Wave(
            date(2019, 3, 4),
            date(2019, 12, 16),
            (
                Group("10", 7),
                Group("10", 3, "S", college=ESTABLISHMENTS),
                Group("60", 9),
                Group("60", 1, "S", college=ESTABLISHMENTS),
                Group("40", 3),
                Group("21", 6),
                Group("50", 1),
                Group("70", 3),
                Group("92", 1),
                Group("91", 1),
                Group("28", 5),
                Group("41", 1, "S", SOCIAL, SOCIAL_CARE),
            ),
        ),
        Wave(date(2020, 3, 2), date(2020, 11, 30), (Group("60", 4), Group("10", 2), Group("93", 1, "L", TITLE))),
        Wave(date(2022, 1, 10), date(2022, 10, 3), (Group("60", 3), Group("70", 2), Group("80", 2))),
        Wave(date(2024, 2, 5), date(2025, 9, 1), (Group("60", 2), Group("10", 1), Group("91", 1), Group("50", 1))),
    ),
    structures=(
        Houses(StructureKind.LABORATORY, "Laboratoire de biologie", 1),
        Houses(StructureKind.AMBULANCE, "Ambulances", 2),
        Houses(StructureKind.HOSPITAL, "Centre hospitalier", 2),
        Houses(StructureKind.CARE_HOME, "EHPAD", 3, SOCIAL_CARE),
        Houses(StructureKind.HOME_NURSING, "Soins à domicile", 4, SOCIAL_CARE),
        Houses(StructureKind.HOME_HOSPITAL, "Hospitalisation à domicile", 1, SOCIAL_CARE),
        Houses(StructureKind.PATIENTS, "Association d’usagers", 1, USERS),
        Houses(StructureKind.LOCAL_AUTHORITY, "Communauté de communes", 1, USERS),
    ),
    elected_on=date(2019, 12, 18),
    departures=(
        (date(2021, 6, 30), "Départ à la retraite"),
        (date(2022, 3, 31), "Déménagement"),
        (date(2025, 6, 30), "Cessation d’activité"),
    ),
    dues=(2020, 2026),
    applications=1,
)
PLOERMEL = DemoRegister(
    key="ploermel",
    number=56_000_000,
    waves=(
        Wave(
            date(2023, 11, 6),
            date(2024, 5, 21),
            (
                Group("10", 12),
                Group("10", 2, "S", college=ESTABLISHMENTS),
                Group("60", 14),
                Group("60", 2, "S", college=ESTABLISHMENTS),
                Group("21", 6),
                Group("70", 6),
                Group("40", 2),
                Group("50", 2),
                Group("91", 3),
                Group("80", 2),
                Group("93", 1, "L", TITLE),
                Group("AMED", 1, "S", PORTAL, ESTABLISHMENTS),
            ),
        ),
        Wave(date(2024, 9, 2), date(2024, 12, 12), (Group("60", 5), Group("10", 3), Group("70", 2))),
        Wave(date(2025, 2, 3), date(2026, 6, 15), (Group("60", 6), Group("10", 2), Group("95", 1), Group("21", 2))),
    ),
    structures=(
        Houses(StructureKind.HOSPITAL, "Centre hospitalier", 1),
        Houses(StructureKind.CARE_HOME, "EHPAD", 2, SOCIAL_CARE),
        Houses(StructureKind.MSP, "Maison de santé", 2, SOCIAL_CARE),
        Houses(StructureKind.PATIENTS, "Association d’usagers", 1, USERS),
    ),
    elected_on=date(2024, 5, 22),
    departures=((date(2025, 12, 31), "Déménagement"),),
    others=(Group("10", 4), Group("60", 7), Group("70", 3), Group("91", 2), Group("SECR", 2, "S", PORTAL)),
    dues=(2025, 2026),
    applications=2,
)


SMALL_BEGINNING = (
    Group("10", 5),
    Group("60", 7),
    Group("21", 3),
    Group("70", 3),
    Group("40", 1),
    Group("50", 1),
    Group("91", 1),
    Group("10", 1, "S", college=ESTABLISHMENTS),
    Group("93", 1, "L", TITLE),
)


def small(key: str, number: int, first: date, elected_on: date, *, applications: int = 0) -> DemoRegister:
    """The ordinary beginning of a register: twenty-three persons and three structures, then six more."""
    return DemoRegister(
        key=key,
        number=number,
        waves=(
            Wave(
                first,
                elected_on,
                SMALL_BEGINNING,
            ),
            Wave(date(2025, 1, 13), date(2026, 5, 4), (Group("60", 3), Group("10", 2), Group("80", 1))),
        ),
        structures=(
            Houses(StructureKind.CARE_HOME, "EHPAD", 2, SOCIAL_CARE),
            Houses(StructureKind.MSP, "Maison de santé", 1),
        ),
        elected_on=elected_on,
        departures=((date(2025, 6, 30), "Départ à la retraite"),),
        dues=(2026,),
        applications=applications,
    )


REGISTERS = (
    NORTH_CANTAL,
    PLOERMEL,
    small("penthievre", 22_000_000, date(2022, 4, 4), date(2022, 9, 26), applications=2),
    small("haute-saintonge", 17_000_000, date(2023, 6, 5), date(2023, 12, 11)),
    small("marches-de-bretagne", 35_000_000, date(2020, 3, 2), date(2020, 10, 19)),
)

# Six offices, two other directors and two mission leads: (office, profession, mission).
OFFICES = (
    (Mandate.Office.PRESIDENT, "10", ""),
    (Mandate.Office.VICE_PRESIDENT, "60", ""),
    (Mandate.Office.TREASURER, "21", ""),
    (Mandate.Office.DEPUTY_TREASURER, "40", ""),
    (Mandate.Office.SECRETARY, "70", ""),
    (Mandate.Office.DEPUTY_SECRETARY, "50", ""),
    (Mandate.Office.BOARD_OF_DIRECTORS, "10", ""),
    (Mandate.Office.BOARD_OF_DIRECTORS, "91", ""),
    (Mandate.Office.MISSION_LEAD, "60", "Parcours pluriprofessionnels"),
    (Mandate.Office.MISSION_LEAD, "10", "Accès aux soins"),
)

FIRST_NAMES = (
    *("Adélaïde", "Aloïs", "Ambre", "Anatole", "Bérénice", "Blaise", "Camille", "Cédric", "Clotilde", "Cosme", "Diane"),
    *("Edgar", "Élodie", "Émile", "Estelle", "Fabrice", "Faustine", "Gaël", "Géraldine", "Honoré", "Inès", "Irène"),
    *(
        "Jocelyn",
        "Joséphine",
        "Judith",
        "Léonie",
        "Lucien",
        "Maëlle",
        "Marius",
        "Noémie",
        "Octavie",
        "Pascal",
        "Perrine",
    ),
    *("Quentin", "Rosalie", "Sidonie", "Théodore", "Ursule", "Valentin", "Yolande", "Zéphyr"),
)
# Made up from places and trees: none is common.
LAST_NAMES = (
    *("Aubrepin", "Bellechaume", "Boisfleuri", "Brumaire-Lac", "Chantegrelle", "Clairefontaine", "Combelongue"),
    *("Courtepierre", "Désormeaux-Pré", "Entraygois", "Étangvert", "Feuillardent", "Fontrouge", "Fougeret-Lande"),
    *("Genêtier", "Grandmoulin", "Grangevieille", "Hautbuisson", "Hêtraie", "Houxmont", "Jonquerolle", "Kerbrugel"),
    *("Kerfontenn", "Lachênaie", "Landemorte", "Lanvaux-Bran", "Malepeyre", "Marjolais", "Merlebois", "Mirebrise"),
    *("Montaubrac", "Montclairis", "Murevert", "Noisebois", "Noyeraie", "Ormelune", "Palombrac", "Pierrebrune"),
    *("Plumegaie", "Pontgrelet", "Prévallon", "Puyverdier", "Rivemont", "Rochebrande", "Roncevert", "Rosefouge"),
    *("Sapinaud", "Saulvert", "Serpolet", "Sorbierre", "Taillandou", "Tilleron", "Tourbevieille", "Trémarais"),
    *("Valbrise", "Vaucresson-Rû", "Verdecombe", "Verneloup", "Vertamont", "Vigneloup", "Yeusebois"),
)
