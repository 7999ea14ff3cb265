"""What a column may hold: the data of the register, and the titles coordinators give to it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cpts_portal.core.text import fold
from members.models import CustomField
from members.register_import.reading import LINE_HEADER, REASON_HEADER, Table

IGNORE = "ignore"
CUSTOM = "custom:"
HELLOASSO = "helloasso"


@dataclass(frozen=True)
class Field:
    """One kind of data. `aliases`: folded titles; the longest one found in a title wins."""

    key: str
    label: str
    group: str
    aliases: tuple[str, ...] = ()
    repeats: bool = False  # may be given by several columns (one per year)


PERSON, CONTACT, PLACE, MEMBERSHIP, DUES = "Personne", "Coordonnées", "Lieu d’exercice", "Adhésion", "Cotisation"

FIELDS: tuple[Field, ...] = (
    Field(
        "civil_last_name",
        "Nom",
        PERSON,
        ("nom", "nom de famille", "nom d etat civil", "nom de naissance", "nom patronymique", "nom adherent", "noms"),
    ),
    Field(
        "civil_first_name",
        "Prénom",
        PERSON,
        ("prenom", "prenoms", "prenom adherent", "prenom usuel", "prenom d exercice"),
    ),
    Field(
        "full_name",
        "Nom et prénom dans la même colonne",
        PERSON,
        ("nom prenom", "nom et prenom", "noms prenoms", "prenom nom", "identite", "adherent", "nom complet", "membre"),
    ),
    Field("last_name", "Nom d’exercice", PERSON, ("nom d exercice", "nom d usage", "nom marital", "nom professionnel")),
    Field(
        "profession",
        "Profession (ou type de structure)",
        PERSON,
        ("profession", "metier", "fonction", "specialite", "qualite", "activite", "categorie", "type de structure"),
    ),
    Field("mode", "Mode d’exercice", PERSON, ("mode", "mode d exercice", "exercice", "statut", "liberal ou salarie")),
    Field("rpps", "Numéro RPPS", PERSON, ("rpps", "n rpps", "numero rpps", "no rpps", "rpps adeli")),
    Field(
        "email",
        "Adresse électronique",
        CONTACT,
        ("mail", "email", "e mail", "courriel", "adresse mail", "adresse email", "adresse electronique", "mel",
         "email adherent", "mail pro", "mail professionnel", "adresse e mail"),
    ),
    Field(
        "secure_mail",
        "Messagerie sécurisée de santé",
        CONTACT,
        ("messagerie securisee", "mssante", "mss", "mail securise", "adresse mss", "mailiz", "apicrypt"),
    ),
    Field("phone", "Téléphone", CONTACT, ("telephone", "tel", "tel fixe", "fixe", "tel cabinet", "telephone pro")),
    Field("mobile", "Téléphone mobile", CONTACT, ("portable", "mobile", "tel portable", "telephone portable", "gsm")),
    Field(
        "place",
        "Structure ou cabinet",
        PLACE,
        ("structure", "etablissement", "cabinet", "lieu d exercice", "lieu", "employeur", "societe", "raison sociale",
         "nom de la structure"),
    ),
    Field("address", "Adresse", PLACE, ("adresse", "adresse postale", "rue", "voie", "adresse cabinet", "adresse pro")),
    Field("postal_code", "Code postal", PLACE, ("code postal", "cp", "c p", "codepostal")),
    Field("commune", "Commune (nom ou code INSEE)", PLACE, ("commune", "ville", "localite", "code insee", "insee")),
    Field("college", "Collège", MEMBERSHIP, ("college",)),
    Field(
        "member_since",
        "Adhérent depuis le",
        MEMBERSHIP,
        ("date d adhesion", "adherent depuis", "date adhesion", "adhesion", "membre depuis", "date d entree", "depuis",
         "adhesion le", "annee d adhesion"),
    ),
    Field("applied_on", "Demande du", MEMBERSHIP, ("date de demande", "demande", "demande le", "date de la demande")),
    Field(
        "left_on",
        "Parti le",
        MEMBERSHIP,
        ("date de depart", "depart", "parti le", "sortie", "date de sortie", "fin d adhesion", "date de fin"),
    ),
    Field("due_year", "Année de cotisation", DUES, ("annee", "annee de cotisation", "exercice cotisation", "campagne")),
    Field(
        "paid_amount",
        "Montant payé",
        DUES,
        ("cotisation", "montant", "montant paye", "montant cotisation", "montant regle", "montant tarif", "regle",
         "paye", "cotis"),
        repeats=True,
    ),
    Field(
        "paid_on",
        "Payé le",
        DUES,
        ("date de paiement", "paye le", "date paiement", "regle le", "date de reglement", "date de la commande",
         "encaisse le", "date du paiement", "date cotisation"),
        repeats=True,
    ),
    Field(
        "method",
        "Moyen de paiement",
        DUES,
        ("moyen de paiement", "mode de paiement", "mode de reglement", "reglement", "type de paiement", "paiement"),
        repeats=True,
    ),
    Field("payer", "Payé par", DUES, ("payeur", "paye par", "nom payeur", "tireur"), repeats=True),
    Field("order_status", "État de la commande (HelloAsso)", DUES, ("statut de la commande", "statut commande")),
)  # fmt: skip
BY_KEY = {field.key: field for field in FIELDS}

# Titles of HelloAsso's membership export, as published in its help pages; several spellings have been in use.
# « ignore » keeps the other columns from being taken for something else.
HELLOASSO_TITLES: dict[str, str] = {
    "reference commande": IGNORE,
    "numero de commande": IGNORE,
    "date de la commande": "paid_on",
    "statut de la commande": "order_status",
    "nom adherent": "civil_last_name",
    "prenom adherent": "civil_first_name",
    "nom participant": "civil_last_name",
    "prenom participant": "civil_first_name",
    "email adherent": "email",
    "nom payeur": "payer",
    "prenom payeur": IGNORE,
    "email payeur": "email",
    "raison sociale": "place",
    "moyen de paiement": "method",
    "tarif": IGNORE,
    "montant tarif": "paid_amount",
    "code promo": IGNORE,
    "montant code promo": IGNORE,
    "montant total de la commande": IGNORE,
    "numero de billet": IGNORE,
    "carte d adherent": IGNORE,
    "attestation": IGNORE,
}
HELLOASSO_SIGNS = {
    "reference commande",
    "date de la commande",
    "email payeur",
    "montant tarif",
    "statut de la commande",
}
_OURS = {fold(LINE_HEADER), fold(REASON_HEADER)}
_YEARS = re.compile(r"\b(?:19|20)\d\d\b")


def is_known_title(title: str) -> bool:
    return bool(guess(title)) or fold(title) in HELLOASSO_TITLES


def guess(title: str) -> str:
    """The data a title announces, empty when nothing is recognised. « Cotisation 2026 (€) » is an amount paid."""
    plain = _YEARS.sub("", fold(title)).strip()
    if not plain or plain in _OURS:
        return ""
    exact = next((field.key for field in FIELDS if plain in field.aliases), "")
    if exact:
        return exact
    words = f" {plain} "
    found = [
        (len(alias), -place, field.key)
        for place, field in enumerate(FIELDS)
        for alias in field.aliases
        if len(alias) > 3 and f" {alias} " in words
    ]
    return max(found)[2] if found else ""


def layout_of(titles: Iterable[str]) -> str:
    """« helloasso » when at least three of its own titles are there."""
    return HELLOASSO if len({fold(title) for title in titles} & HELLOASSO_SIGNS) >= 3 else ""


def propose(table: Table, remembered: Mapping[str, str], custom: Sequence[CustomField]) -> dict[int, str]:
    """The data of each column: what was chosen last time, HelloAsso's titles, then the usual ones."""
    layout = layout_of(table.headers)
    by_label = {fold(each.label): f"{CUSTOM}{each.key}" for each in custom}
    wanted = {
        column: _proposal(table, column, layout, remembered, by_label)
        for column in range(len(table.headers))
        if has_content(table, column)
    }
    return _each_once(wanted, layout)


def has_content(table: Table, column: int) -> bool:
    """A column without title nor value is not shown."""
    return bool(table.headers[column] or any(cells[column].strip() for _line, cells in table.rows))


def memory_key(table: Table, column: int) -> str:
    return fold(table.label(column))[:160]


def _proposal(
    table: Table, column: int, layout: str, remembered: Mapping[str, str], by_label: Mapping[str, str]
) -> str:
    title, label = table.headers[column], table.label(column)
    known = remembered.get(memory_key(table, column)) or by_label.get(fold(title))
    if known and (known in BY_KEY or known == IGNORE or known in by_label.values()):
        return known
    if layout and fold(title) in HELLOASSO_TITLES:
        return HELLOASSO_TITLES[fold(title)]
    group = guess(table.groups[column]) if table.groups else ""
    if group == "paid_amount" and fold(title).startswith(("date", "le")):
        return "paid_on"
    return guess(title) or guess(label) or (group if not title else "") or IGNORE


def _each_once(wanted: Mapping[int, str], layout: str) -> dict[int, str]:
    """The first column keeps a data that cannot come from two. HelloAsso: the member's e-mail before the payer's."""
    taken: set[str] = set()
    found = {}
    for column, key in wanted.items():
        again = key in taken and not (key in BY_KEY and BY_KEY[key].repeats)
        found[column] = IGNORE if key == IGNORE or again else key
        taken.add(found[column])
    if layout:
        return found
    if "full_name" in taken and {"civil_last_name", "civil_first_name"} <= taken:
        return {column: IGNORE if key == "full_name" else key for column, key in found.items()}
    return found


def missing_fields(mapping: Mapping[int, str]) -> list[str]:
    """What has to be chosen before going on, in sentences."""
    chosen = set(mapping.values())
    missing = []
    if not chosen & {"full_name", "civil_last_name", "place"}:
        missing.append("Indiquez la colonne qui donne le nom (ou le nom et le prénom ensemble).")
    if "civil_last_name" in chosen and "civil_first_name" not in chosen and "full_name" not in chosen:
        missing.append(
            "Indiquez la colonne du prénom ; si la même colonne donne les deux, choisissez « Nom et prénom »."
        )
    return missing


def repeated_fields(mapping: Mapping[int, str]) -> list[str]:
    """Data given by two columns although it can come from one only: their labels."""
    counts: dict[str, int] = {}
    for key in mapping.values():
        counts[key] = counts.get(key, 0) + 1
    return [
        BY_KEY[key].label if key in BY_KEY else key.removeprefix(CUSTOM)
        for key, number in counts.items()
        if number > 1 and key != IGNORE and not (key in BY_KEY and BY_KEY[key].repeats)
    ]


def year_in(title: str) -> int | None:
    """« Cotisation 2026 » -> 2026."""
    found = _YEARS.findall(title)
    return int(found[0]) if len(found) == 1 else None
