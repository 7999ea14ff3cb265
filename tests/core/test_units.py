"""Units agree in number with the figure beside them."""

from decimal import Decimal

import pytest

from cpts_portal.core.templatetags.ui import with_unit
from cpts_portal.core.units import unit_for


@pytest.mark.parametrize(
    ("unit", "singular"),
    [
        ("soirées", "soirée"),
        ("jours", "jour"),
        ("personnes dépistées", "personne dépistée"),
        ("réunions pluriprofessionnelles tenues", "réunion pluriprofessionnelle tenue"),
        ("patients sans médecin traitant", "patient sans médecin traitant"),
        ("passages aux urgences", "passage aux urgences"),
        ("heures d’astreintes", "heure d’astreintes"),
        ("médecins et infirmiers", "médecin et infirmier"),
        ("patients inclus", "patient inclus"),
        ("lieux régionaux", "lieu régional"),
        ("tableaux", "tableau"),
        ("fois", "fois"),
        ("avis", "avis"),
        ("mois", "mois"),
        ("parcours", "parcours"),
        ("CPTS", "CPTS"),
        ("%", "%"),
        ("€", "€"),
        ("", ""),
    ],
)
def test_below_two_a_unit_is_singular(unit, singular):
    assert [unit_for(value, unit) for value in (0, 1, Decimal("1.5"), -1)] == [singular] * 4
    assert [unit_for(value, unit) for value in (2, Decimal("2.5"), -12, None)] == [unit] * 4


def test_a_figure_with_its_unit():
    assert with_unit(Decimal("1.00"), "soirées") == "1 soirée"
    assert with_unit(Decimal(66811), "patients") == "66\u202f811 patients"
    assert with_unit(Decimal("72.40"), "%") == "72,4\u00a0%"
    assert with_unit(None, "soirées") == ""
