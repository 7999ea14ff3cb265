"""What the legal page says: who publishes the portal (from the settings), and where its data come from."""

from dataclasses import dataclass

PUBLISHER_FIELDS = (
    ("name", "Éditeur"),
    ("address", "Adresse"),
    ("director", "Direction de la publication"),
    ("host", "Hébergement"),
    ("contact", "Contact"),
    ("dpo", "Délégué à la protection des données"),
)


@dataclass(frozen=True)
class Source:
    """A set of data the portal shows, who made it, and under which licence."""

    data: str
    producer: str
    licence: str


SOURCES = (
    Source(
        "Régions, départements, communes et leurs évolutions (code officiel géographique)",
        "INSEE",
        "Licence Ouverte 2.0 (Etalab)",
    ),
    Source("Populations municipales", "INSEE", "Licence Ouverte 2.0 (Etalab)"),
    Source("Intercommunalités (EPCI) et leurs communes", "DGCL", "Licence Ouverte 2.0 (Etalab)"),
    Source("Codes postaux", "La Poste (base officielle)", "Licence Ouverte 2.0 (Etalab)"),
    Source("Territoire et contact de chaque CPTS", "Les CPTS elles-mêmes", "Publiés par chaque CPTS"),
)
