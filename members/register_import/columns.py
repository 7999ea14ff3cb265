"""What a column may hold: the data of the register, the titles coordinators give to it, and those of HelloAsso."""

from dataclasses import dataclass

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
STRUCTURE, OFFICE, CONSENT = "Structure adhérente", "Mandat", "Annuaire des adhérents"

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
        "Profession",
        PERSON,
        ("profession", "metier", "fonction", "qualite", "activite", "categorie"),
    ),
    Field(
        "specialty",
        "Spécialité",
        PERSON,
        ("specialite", "specialites", "specialite medicale", "savoir faire", "discipline"),
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
    Field(
        "structure_kind",
        "Type de structure",
        STRUCTURE,
        ("type de structure", "type structure", "type d etablissement", "categorie de structure",
         "nature de la structure"),
    ),
    Field("finess", "Numéro FINESS", STRUCTURE, ("finess", "n finess", "numero finess", "no finess", "finess et")),
    Field("siret", "Numéro SIRET", STRUCTURE, ("siret", "n siret", "numero siret", "no siret")),
    Field(
        "representative",
        "Personne qui représente la structure",
        STRUCTURE,
        ("representant", "represente par", "representee par", "nom du representant", "representant legal",
         "personne representant la structure"),
    ),
    Field(
        "representative_title",
        "Fonction de cette personne",
        STRUCTURE,
        ("fonction du representant", "qualite du representant", "titre du representant", "fonction representant"),
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
    Field("refused_on", "Refusée le", MEMBERSHIP, ("refuse le", "refusee le", "date du refus", "refus")),
    Field(
        "refusal_reason",
        "Motif du refus de l’adhésion",
        MEMBERSHIP,
        ("motif de refus", "motif refus", "raison du refus", "motif du refus de l adhesion"),
    ),
    Field(
        "office",
        "Mandat",
        OFFICE,
        ("mandat", "mandats", "role au bureau", "fonction au bureau", "fonction dans la cpts", "poste au bureau",
         "bureau", "role", "instance", "role dans la cpts"),
    ),
    Field(
        "office_since",
        "Mandat depuis le",
        OFFICE,
        ("mandat depuis", "mandat depuis le", "debut de mandat", "debut du mandat", "date du mandat", "elu le",
         "elue le",
         "date d election"),
    ),
    Field(
        "consent",
        "Accord pour l’annuaire (toutes les coordonnées)",
        CONSENT,
        ("accord annuaire", "annuaire", "consentement", "consentement annuaire", "accord diffusion",
         "accord de diffusion", "visible dans l annuaire", "diffusion des coordonnees"),
    ),
    Field(
        "consent_email",
        "Accord pour l’adresse électronique",
        CONSENT,
        ("accord mail", "accord e mail", "accord email", "diffusion mail", "annuaire mail", "consentement mail"),
    ),
    Field(
        "consent_mss",
        "Accord pour la messagerie sécurisée",
        CONSENT,
        ("accord mssante", "accord mss", "annuaire mssante", "accord messagerie securisee", "consentement mssante"),
    ),
    Field(
        "consent_phone",
        "Accord pour le téléphone",
        CONSENT,
        ("accord telephone", "accord tel", "diffusion telephone", "annuaire telephone", "consentement telephone"),
    ),
    Field(
        "consent_mobile",
        "Accord pour le mobile",
        CONSENT,
        ("accord portable", "accord mobile", "diffusion portable", "annuaire portable", "consentement portable"),
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
    Field("payer", "Payé par (nom)", DUES, ("payeur", "paye par", "nom payeur", "tireur"), repeats=True),
    Field("payer_first_name", "Payé par (prénom)", DUES, ("prenom payeur", "prenom du payeur"), repeats=True),
    Field(
        "exemption",
        "Exonération (motif)",
        DUES,
        ("exoneration", "exonere", "exoneree", "motif d exoneration", "motif exoneration", "dispense",
         "dispense de cotisation", "exoneration cotisation", "exoneration de cotisation"),
        repeats=True,
    ),
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
    "prenom payeur": "payer_first_name",
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
