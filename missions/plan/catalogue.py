"""What the migrations load: the six missions, their rules over time, libraries of actions and indicators, ceilings.

Sources: code de la santé publique art. L1434-12-2 (missions); accord conventionnel interprofessionnel of 20/06/2019
and its second amendment of 20/12/2021, in force at its publication on 31/03/2022 (core missions); delays in months
after the signature as published by paps Hauts-de-France (30/11/2023); press documents of five CPTS (actions); two
year-5 contracts of Seine-Saint-Denis (indicators); ceilings as published each year, « à confirmer » where not read.
"""

from datetime import date
from decimal import Decimal

ACCESS, PATHWAYS, PREVENTION = "acces", "parcours", "prevention"
CRISES, QUALITY, SUPPORT = "crises", "qualite", "accompagnement"

LAW = "Code de la santé publique, art. L1434-12-2"
# code, name, short name, legal reference, has a result part
MISSIONS = (
    (ACCESS, "Amélioration de l’accès aux soins", "Accès aux soins", f"{LAW}, 1°", True),
    (
        PATHWAYS,
        "Organisation de parcours pluriprofessionnels autour du patient",
        "Parcours pluriprofessionnels",
        f"{LAW}, 2°",
        True,
    ),
    (PREVENTION, "Développement d’actions territoriales de prévention", "Prévention", f"{LAW}, 3°", True),
    (CRISES, "Réponse aux crises sanitaires graves", "Crises sanitaires", f"{LAW}, 6°", False),
    (QUALITY, "Développement de la qualité et de la pertinence des soins", "Qualité et pertinence", f"{LAW}, 4°", True),
    (
        SUPPORT,
        "Accompagnement des professionnels de santé sur le territoire",
        "Accompagnement des professionnels",
        f"{LAW}, 5°",
        True,
    ),
)
# mission, code, name
PARTS = (
    (ACCESS, "medecin-traitant", "Accès à un médecin traitant"),
    (ACCESS, "soins-non-programmes", "Soins non programmés"),
    (ACCESS, "telesante", "Développement de la télésanté"),
)

AGREEMENT = date(2019, 8, 25)
AMENDMENT = date(2022, 4, 1)
_DELAYS = "délais : paps Hauts-de-France, 30/11/2023"
_2019 = f"ACI du 20/06/2019 (JO du 24/08/2019) ; {_DELAYS}"
_2022 = f"ACI, avenant 2 du 20/12/2021 (JO du 31/03/2022) ; {_DELAYS}"
# mission, core, start within, deployed within (months), from, until (excluded), source
TERMS = (
    (ACCESS, True, 6, 18, AGREEMENT, None, _2019),
    (PATHWAYS, True, 12, 24, AGREEMENT, None, _2019),
    (PREVENTION, True, 12, 24, AGREEMENT, None, _2019),
    (CRISES, True, 6, 18, AMENDMENT, None, _2022),
    (QUALITY, False, None, None, AGREEMENT, None, _2019),
    (SUPPORT, False, None, None, AGREEMENT, None, _2019),
)

_22 = "CPTS du Penthièvre, 28/09/2022"
_56 = "CPTS Pays de Ploërmel Cœur de Bretagne, 09/10/2024"
_15 = "CPTS Accès Santé Nord Cantal, 21/02/2020"
_17 = "CPTS Haute-Saintonge"
_35 = "Les CPTS en Ille-et-Vilaine, novembre 2020"
_UNPLANNED, _DOCTOR = "soins-non-programmes", "medecin-traitant"
# missions, part, title, objective, audience, theme, source
ACTIONS = (
    (
        (ACCESS,),
        _DOCTOR,
        "Repérer et orienter les patients sans médecin traitant",
        "Repérer avec l’Assurance Maladie les patients sans médecin traitant et les orienter vers un médecin proche.",
        "Patients sans médecin traitant",
        "Médecin traitant",
        _15,
    ),
    (
        (ACCESS,),
        _DOCTOR,
        "Accompagner les patients en recherche d’un médecin traitant",
        "Tenir un guichet unique qui reçoit les demandes et propose un médecin dans un délai connu.",
        "Patients sans médecin traitant",
        "Médecin traitant",
        _17,
    ),
    (
        (ACCESS,),
        _DOCTOR,
        "Ouvrir une consultation de médecine générale à l’hôpital",
        "Proposer une consultation de médecine générale dans les murs de l’hôpital de proximité.",
        "Habitants du bassin",
        "Médecin traitant",
        _15,
    ),
    (
        (ACCESS,),
        _UNPLANNED,
        "Organiser des plages de soins non programmés",
        "Réserver des plages dans les agendas des cabinets et faire connaître leur usage.",
        "Patients en demande de soins non programmés",
        "Soins non programmés",
        _15,
    ),
    (
        (ACCESS,),
        _UNPLANNED,
        "Obtenir un rendez-vous le jour même ou sous 24 heures",
        "Permettre un rendez-vous le jour même ou dans les 24 heures, hors urgence vitale.",
        "Habitants du territoire",
        "Soins non programmés",
        _35,
    ),
    (
        (ACCESS, SUPPORT),
        "",
        "Protocoles de coopération et délégations de tâches",
        "Accompagner la mise en œuvre de protocoles de coopération entre professionnels.",
        "Professionnels du territoire",
        "Coopération",
        _22,
    ),
    (
        (PATHWAYS,),
        "",
        "Parcours de la personne âgée et lien ville-hôpital",
        "Fluidifier le parcours des personnes âgées et mieux se connaître entre ville et hôpital.",
        "Personnes âgées",
        "Lien ville-hôpital",
        f"{_22} ; {_56} ; {_17}",
    ),
    (
        (PATHWAYS,),
        "",
        "Parcours des troubles cognitifs",
        "Accompagner les professionnels dans ces parcours, et les familles.",
        "Patients ayant des troubles cognitifs, aidants",
        "Troubles cognitifs",
        _22,
    ),
    (
        (PATHWAYS,),
        "",
        "Orienter les victimes de violences intrafamiliales",
        "Aider les professionnels à repérer et à orienter, et soutenir l’estime de soi des victimes.",
        "Victimes de violences intrafamiliales",
        "Violences intrafamiliales",
        _56,
    ),
    (
        (PATHWAYS, PREVENTION),
        "",
        "Repérage et parcours des troubles du neurodéveloppement de l’enfant",
        "Faire connaître le parcours de l’enfant au développement atypique et les facteurs de risque.",
        "Enfants, familles",
        "Troubles du neurodéveloppement",
        f"{_56} ; {_22}",
    ),
    (
        (PATHWAYS,),
        "",
        "Parcours de l’insuffisance cardiaque",
        "Écrire, diffuser et suivre un parcours commun à la ville et à l’hôpital.",
        "Patients insuffisants cardiaques",
        "Insuffisance cardiaque",
        _15,
    ),
    (
        (PATHWAYS,),
        "",
        "Conciliation médicamenteuse à la sortie d’hospitalisation",
        "Transmettre au pharmacien et au médecin le bilan des traitements à la sortie.",
        "Patients sortant d’hospitalisation",
        "Sortie d’hospitalisation",
        _15,
    ),
    (
        (PATHWAYS, PREVENTION),
        "",
        "Programme d’éducation thérapeutique du diabète",
        "Créer un programme collectif d’éducation thérapeutique du patient diabétique.",
        "Patients diabétiques de type 1 et 2",
        "Diabète",
        f"{_56} ; {_17}",
    ),
    (
        (PATHWAYS,),
        "",
        "Outils numériques de coordination",
        "Équiper et former à la messagerie sécurisée, au dossier médical partagé et à la télémédecine.",
        "Professionnels du territoire",
        "e-santé",
        f"{_15} ; {_17}",
    ),
    (
        (PREVENTION,),
        "",
        "Dépistage des cancers du sein, du col de l’utérus et colorectal",
        "Faire progresser les taux de dépistage sur le territoire.",
        "Population cible des dépistages",
        "Dépistages",
        f"{_15} ; {_17}",
    ),
    (
        (PREVENTION,),
        "",
        "Améliorer la couverture vaccinale",
        "Repérer les personnes à vacciner et proposer la vaccination, y compris pendant une hospitalisation.",
        "Habitants du territoire",
        "Vaccination",
        f"{_17} ; {_15}",
    ),
    (
        (PREVENTION,),
        "",
        "Santé bucco-dentaire des jeunes",
        "Sensibiliser les jeunes et leurs familles.",
        "Enfants et adolescents",
        "Santé bucco-dentaire",
        _17,
    ),
    (
        (PREVENTION,),
        "",
        "Repérer la fragilité des personnes âgées",
        "Former au repérage et organiser la suite donnée.",
        "Personnes âgées",
        "Fragilité",
        _22,
    ),
    (
        (PREVENTION,),
        "",
        "Activité physique contre la sédentarité et l’obésité",
        "Lutter contre la sédentarité et l’obésité par l’activité physique.",
        "Habitants du territoire",
        "Activité physique",
        _56,
    ),
    (
        (PREVENTION,),
        "",
        "Bien vieillir : 55-65 ans et aidants",
        "Proposer des ateliers aux « juniors » de 55 à 65 ans et aux aidants.",
        "55-65 ans, aidants",
        "Bien vieillir",
        _56,
    ),
    (
        (CRISES,),
        "",
        "Plan d’urgence sanitaire territorial",
        "Écrire le plan de réponse aux crises sanitaires graves et le tenir à jour.",
        "Professionnels et structures du territoire",
        "Crises",
        _22,
    ),
    (
        (QUALITY,),
        "",
        "Déclaration et analyse des évènements indésirables",
        "Réunir les référents qualité, écrire une procédure territoriale, analyser les évènements déclarés.",
        "Professionnels du territoire",
        "Qualité des soins",
        _15,
    ),
    (
        (QUALITY,),
        "",
        "Groupes d’échanges de pratiques",
        "Réunir des professionnels de plusieurs métiers autour de situations concrètes.",
        "Professionnels du territoire",
        "Échanges de pratiques",
        f"{_17} ; {_35}",
    ),
    (
        (SUPPORT,),
        "",
        "Accueil des stagiaires et aide à l’installation",
        "Faciliter l’accueil de stagiaires et favoriser les installations.",
        "Étudiants, professionnels en recherche d’installation",
        "Attractivité",
        f"{_35} ; {_56}",
    ),
    (
        (SUPPORT,),
        "",
        "Santé des soignants",
        "Préserver la santé mentale des professionnels de santé.",
        "Professionnels du territoire",
        "Santé des soignants",
        f"{_56} ; {_22}",
    ),
    (
        (SUPPORT,),
        "",
        "Interconnaissance et communication",
        "Faire se rencontrer les professionnels ; tenir l’annuaire et la lettre d’information.",
        "Professionnels du territoire",
        "Interconnaissance",
        _56,
    ),
)

# year, euros, source, verified
CEILINGS = (
    (2022, Decimal("41136.00"), "Plafond de la sécurité sociale 2022 (inchangé depuis 2020)", True),
    (2023, Decimal("43992.00"), "Arrêté du 09/12/2022", True),
    (2024, Decimal("46368.00"), "Valeur usuelle, arrêté non relu", False),
    (2025, Decimal("47100.00"), "Cité par l’arrêté du 22/12/2025 (lu de seconde main)", True),
    (2026, Decimal("48060.00"), "Arrêté du 22/12/2025 (lu de seconde main)", True),
)
