"""The demonstration: five real CPTS on the real map, with fictitious people.

Names, territories, dates and declared figures come from public press documents (each named in `source`). Where a
document names intercommunal bodies but not communes, the territory is made of all their communes, and the difference
with the declared figures shows: that is the point. People, addresses, telephone numbers (ranges that the telecom
regulator keeps for fiction) and association numbers are made up.
"""

from dataclasses import dataclass, field
from datetime import date

from cpts_portal.accounts.roles import Role

PASSWORD = "portail-demo-2026"  # noqa: S105 (shown on screen by `make run`; refused outside development)
DOMAIN = "demo.example"


@dataclass(frozen=True)
class DemoAgency:
    kind: str
    name: str
    departments: tuple[str, ...]


@dataclass(frozen=True)
class Declared:
    on: date
    source: str
    population: int | None = None
    communes: int | None = None


@dataclass(frozen=True)
class DemoCpts:
    key: str
    name: str
    departments: tuple[str, ...]
    ars: str
    lead_fund: str
    start: date
    epci: tuple[str, ...]  # SIREN: all their communes
    declared: Declared
    seat: str
    phone: str
    rna: str
    communes: tuple[str, ...] = ()  # INSEE codes, besides those of the EPCI
    joining: "Joining | None" = None


@dataclass(frozen=True)
class Joining:
    """Intercommunal bodies that join a territory later, all their communes on one day."""

    on: date
    epci: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class DemoUser:
    login: str
    first_name: str
    last_name: str
    accesses: tuple[tuple[Role, str], ...] = field(default_factory=tuple)  # role, key of a CPTS or name of an agency

    @property
    def email(self) -> str:
        return f"{self.login}@{DOMAIN}"


AGENCIES = (
    DemoAgency("ars", "ARS Bretagne", ("22", "29", "35", "56")),
    DemoAgency(
        "ars",
        "ARS Auvergne-Rhône-Alpes",
        ("01", "03", "07", "15", "26", "38", "42", "43", "63", "69", "73", "74"),
    ),
    DemoAgency(
        "ars",
        "ARS Nouvelle-Aquitaine",
        ("16", "17", "19", "23", "24", "33", "40", "47", "64", "79", "86", "87"),
    ),
    DemoAgency("cpam", "CPAM des Côtes-d’Armor", ("22",)),
    DemoAgency("cpam", "CPAM d’Ille-et-Vilaine", ("35",)),
    DemoAgency("cpam", "CPAM du Morbihan", ("56",)),
    DemoAgency("cpam", "CPAM du Cantal", ("15",)),
    DemoAgency("cpam", "CPAM de la Charente-Maritime", ("17",)),
)

CPTS = (
    DemoCpts(
        key="penthievre",
        name="CPTS du Penthièvre",
        departments=("22",),
        ars="ARS Bretagne",
        lead_fund="CPAM des Côtes-d’Armor",
        start=date(2022, 9, 28),
        epci=("200069391",),  # Lamballe Terre et Mer, 38 communes
        declared=Declared(date(2022, 9, 28), "Communiqué de presse du 28/09/2022", 75_000, 43),
        seat="22093",
        phone="02 61 91 00 22",
        rna="W220000001",
    ),
    DemoCpts(
        key="ploermel",
        name="CPTS Pays de Ploërmel Cœur de Bretagne",
        departments=("35", "56"),
        ars="ARS Bretagne",
        lead_fund="CPAM du Morbihan",
        start=date(2024, 10, 9),
        epci=("200066777", "200066785"),  # Ploërmel Communauté, de l'Oust à Brocéliande Communauté
        # « Quelques communes d'Ille-et-Vilaine »: Paimpont, Plélan-le-Grand, Maxent
        communes=("35211", "35223", "35169"),
        declared=Declared(date(2024, 10, 9), "Communiqué de presse du 09/10/2024", 72_520, 53),
        seat="56165",
        phone="02 61 91 00 56",
        rna="W560000001",
    ),
    DemoCpts(
        key="nord-cantal",
        name="CPTS Accès Santé Nord Cantal",
        departments=("15",),
        ars="ARS Auvergne-Rhône-Alpes",
        lead_fund="CPAM du Cantal",
        start=date(2020, 2, 21),
        epci=("241500271", "241501055", "241500255", "241501139"),  # Mauriac, Sumène-Artense, Gentiane, Salers
        declared=Declared(date(2020, 2, 21), "Dossier de presse du 21/02/2020 (« environ »)", 29_000, 58),
        seat="15265",
        phone="04 65 71 00 15",
        rna="W150000001",
    ),
    DemoCpts(
        key="haute-saintonge",
        name="CPTS Haute-Saintonge",
        departments=("17",),
        ars="ARS Nouvelle-Aquitaine",
        lead_fund="CPAM de la Charente-Maritime",
        start=date(2024, 1, 1),  # its press document bears no date: the first vintage of the map
        epci=("200041523",),
        declared=Declared(date(2024, 1, 1), "Dossier de presse de la signature du contrat (sans date)", communes=129),
        seat="17197",
        phone="05 36 49 00 17",
        rna="W170000001",
    ),
    DemoCpts(
        key="marches-de-bretagne",
        name="CPTS des Marches de Bretagne",
        departments=("35",),
        ars="ARS Bretagne",
        lead_fund="CPAM d’Ille-et-Vilaine",
        start=date(2020, 11, 6),
        epci=("200070688",),  # Couesnon Marches de Bretagne
        joining=Joining(date(2027, 1, 1), ("200072452",), "Entrée de Fougères Agglomération, annoncée en 2020"),
        declared=Declared(date(2020, 11, 6), "Présentation des CPTS d’Ille-et-Vilaine, novembre 2020", 22_000),
        seat="35004",
        phone="02 61 91 00 35",
        rna="W350000001",
    ),
)

USERS = (
    DemoUser("admin", "Agathe", "Desforges", ((Role.ADMINISTRATOR, ""),)),
    DemoUser("observation", "Octave", "Lenoble", ((Role.OBSERVER, ""),)),
    DemoUser("coordination.penthievre", "Céleste", "Kermarec", ((Role.COORDINATOR, "penthievre"),)),
    DemoUser("coordination.ploermel", "Corentin", "Brocéval", ((Role.COORDINATOR, "ploermel"),)),
    DemoUser("coordination.nord-cantal", "Clémence", "Salermont", ((Role.COORDINATOR, "nord-cantal"),)),
    DemoUser("coordination.haute-saintonge", "Cyprien", "Jonzaguais", ((Role.COORDINATOR, "haute-saintonge"),)),
    DemoUser("coordination.marches", "Coline", "Couesnard", ((Role.COORDINATOR, "marches-de-bretagne"),)),
    DemoUser(
        "coordination.deux",
        "Capucine",
        "Deuxterres",
        ((Role.COORDINATOR, "penthievre"), (Role.COORDINATOR, "marches-de-bretagne")),
    ),
    DemoUser("bureau.nord-cantal", "Bérénice", "Artensac", ((Role.BOARD, "nord-cantal"),)),
    DemoUser("bureau.haute-saintonge", "Baptiste", "Seugnais", ((Role.BOARD, "haute-saintonge"),)),
    DemoUser("bureau.marches", "Bleuenn", "Antrainais", ((Role.BOARD, "marches-de-bretagne"),)),
    DemoUser("bureau.ploermel", "Maëlle", "Trévigon", ((Role.BOARD, "ploermel"),)),
    DemoUser("bureau.penthievre", "Basile", "Trégomar", ((Role.BOARD, "penthievre"),)),
    DemoUser("ars.bretagne", "Armelle", "Roudaultin", ((Role.ARS_AGENT, "ARS Bretagne"),)),
    DemoUser("ars.nouvelle-aquitaine", "Aurélien", "Garonnard", ((Role.ARS_AGENT, "ARS Nouvelle-Aquitaine"),)),
    DemoUser("ars.auvergne-rhone-alpes", "Apolline", "Puymarin", ((Role.ARS_AGENT, "ARS Auvergne-Rhône-Alpes"),)),
    DemoUser("cpam.cotes-d-armor", "Firmin", "Goélaud", ((Role.FUND_AGENT, "CPAM des Côtes-d’Armor"),)),
    DemoUser("cpam.ille-et-vilaine", "Fanny", "Vilainois", ((Role.FUND_AGENT, "CPAM d’Ille-et-Vilaine"),)),
    DemoUser("cpam.morbihan", "Félicie", "Golfesse", ((Role.FUND_AGENT, "CPAM du Morbihan"),)),
    DemoUser("cpam.cantal", "Faustin", "Truyérac", ((Role.FUND_AGENT, "CPAM du Cantal"),)),
    DemoUser("cpam.charente-maritime", "Flore", "Aunisien", ((Role.FUND_AGENT, "CPAM de la Charente-Maritime"),)),
)

# The logins worth trying first, in the table that `make run` prints.
FIRST_LOGINS = (
    "admin",
    "coordination.penthievre",
    "coordination.deux",
    "bureau.penthievre",
    "ars.bretagne",
    "cpam.cotes-d-armor",
    "observation",
)
