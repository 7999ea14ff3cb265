"""Professions the portal knows at start (docs: ANS, TRE_G15 version 20250328, TRE_R95, TRE_R94).

Each row: nomenclature, code, name, plural, still proposed. Codes withdrawn from TRE_G15 in December 2024 stay
readable for imports but are no longer proposed. `PORTAIL` codes are the portal's own.
"""

HEALTH, TITLE, SOCIAL, PORTAL = "TRE_G15", "TRE_R95", "TRE_R94", "PORTAIL"

PROFESSIONS: tuple[tuple[str, str, str, str, bool], ...] = (
    (HEALTH, "10", "Médecin", "Médecins", True),
    (HEALTH, "60", "Infirmier", "Infirmiers", True),
    (HEALTH, "21", "Pharmacien", "Pharmaciens", True),
    (HEALTH, "70", "Masseur-kinésithérapeute", "Masseurs-kinésithérapeutes", True),
    (HEALTH, "40", "Chirurgien-dentiste", "Chirurgiens-dentistes", True),
    (HEALTH, "50", "Sage-femme", "Sages-femmes", True),
    (HEALTH, "91", "Orthophoniste", "Orthophonistes", True),
    (HEALTH, "92", "Orthoptiste", "Orthoptistes", True),
    (HEALTH, "80", "Pédicure-podologue", "Pédicures-podologues", True),
    (HEALTH, "28", "Opticien-lunetier", "Opticiens-lunetiers", True),
    (HEALTH, "26", "Audioprothésiste", "Audioprothésistes", True),
    (HEALTH, "94", "Ergothérapeute", "Ergothérapeutes", True),
    (HEALTH, "95", "Diététicien", "Diététiciens", True),
    (HEALTH, "96", "Psychomotricien", "Psychomotriciens", True),
    (HEALTH, "98", "Manipulateur en électroradiologie médicale", "Manipulateurs en électroradiologie médicale", True),
    (HEALTH, "86", "Technicien de laboratoire médical", "Techniciens de laboratoire médical", True),
    (HEALTH, "31", "Assistant dentaire", "Assistants dentaires", True),
    (HEALTH, "32", "Physicien médical", "Physiciens médicaux", True),
    (HEALTH, "69", "Infirmier psychiatrique", "Infirmiers psychiatriques", True),
    (HEALTH, "81", "Orthoprothésiste", "Orthoprothésistes", True),
    (HEALTH, "82", "Podo-orthésiste", "Podo-orthésistes", True),
    (HEALTH, "83", "Orthopédiste-orthésiste", "Orthopédistes-orthésistes", True),
    (HEALTH, "84", "Oculariste", "Ocularistes", True),
    (HEALTH, "85", "Épithésiste", "Épithésistes", True),
    (HEALTH, "35", "Aide-soignant", "Aides-soignants", False),
    (HEALTH, "36", "Ambulancier", "Ambulanciers", False),
    (HEALTH, "37", "Auxiliaire de puériculture", "Auxiliaires de puériculture", False),
    (HEALTH, "38", "Préparateur en pharmacie hospitalière", "Préparateurs en pharmacie hospitalière", False),
    (HEALTH, "39", "Préparateur en pharmacie", "Préparateurs en pharmacie", False),
    (TITLE, "93", "Psychologue", "Psychologues", True),
    (TITLE, "71", "Ostéopathe", "Ostéopathes", True),
    (TITLE, "72", "Psychothérapeute", "Psychothérapeutes", True),
    (TITLE, "73", "Chiropracteur", "Chiropracteurs", True),
    (TITLE, "97", "Conseiller en génétique", "Conseillers en génétique", True),
    (SOCIAL, "41", "Assistant de service social", "Assistants de service social", True),
    (PORTAL, "AMED", "Assistant médical", "Assistants médicaux", True),
    (PORTAL, "SECR", "Secrétaire médical", "Secrétaires médicaux", True),
    (PORTAL, "AS", "Aide-soignant (hors répertoire)", "Aides-soignants (hors répertoire)", True),
    (PORTAL, "APA", "Enseignant en activité physique adaptée", "Enseignants en activité physique adaptée", True),
    (PORTAL, "COORD", "Coordinateur", "Coordinateurs", True),
    (PORTAL, "AMBU", "Ambulancier (hors répertoire)", "Ambulanciers (hors répertoire)", True),
    (PORTAL, "AUTRE", "Autre profession", "Autres professions", True),
)

# Specialties (TRE_R38) met in the registers of CPTS; others are added by the national directory's import.
SPECIALTIES: tuple[tuple[str, str, str], ...] = (
    ("SM53", "Spécialiste en médecine générale", "10"),
    ("SM54", "Médecine générale", "10"),
    ("SM04", "Cardiologie et maladies vasculaires", "10"),
    ("SM40", "Pédiatrie", "10"),
    ("SM42", "Psychiatrie", "10"),
    ("SM15", "Dermatologie et vénéréologie", "10"),
    ("SM20", "Gynécologie médicale", "10"),
    ("SM38", "Ophtalmologie", "10"),
)
