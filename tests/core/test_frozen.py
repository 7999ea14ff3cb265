"""Frozen values: the same JSON for the same value, byte for byte, because digests are kept of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

import pytest

from contracts.terms.terms import AmountTerm, CommuneTerm, IndicatorTerm, MissionTerm, Terms, from_json, print_of
from cpts_portal.core.frozen import freeze, thaw


class Step(NamedTuple):
    bound: Decimal
    amount: Decimal | None


@dataclass(frozen=True)
class Part:
    name: str
    on: date | None = None


@dataclass(frozen=True)
class Whole:
    parts: tuple[Part, ...] = ()
    steps: tuple[Step, ...] = ()
    euros: Decimal | None = None
    at: datetime | None = None
    named: Mapping[str, Decimal] = field(default_factory=dict)
    one: Part | None = None
    lines: list[int] = field(default_factory=list)
    anything: dict = field(default_factory=dict)


FULL = Whole(
    parts=(Part("a", date(2026, 3, 2)), Part("b")),
    steps=(Step(Decimal("1.5"), Decimal("100.00")), Step(Decimal(2), None)),
    euros=Decimal("12.30"),
    at=datetime(2026, 3, 2, 12, tzinfo=UTC),
    named={"acces": Decimal("0.10")},
    one=Part("c"),
    lines=[1, 2],
    anything={"deep": [1]},
)
STORED = (
    '{"parts": [{"name": "a", "on": "2026-03-02"}, {"name": "b", "on": null}], '
    '"steps": [["1.5", "100.00"], ["2", null]], "euros": "12.30", "at": "2026-03-02T12:00:00+00:00", '
    '"named": {"acces": "0.10"}, "one": {"name": "c", "on": null}, "lines": [1, 2], "anything": {"deep": [1]}}'
)


def test_a_value_has_one_text():
    assert json.dumps(freeze(FULL)) == STORED


@pytest.mark.parametrize("value", [FULL, Whole()])
def test_a_value_is_read_back_as_it_was(value):
    assert thaw(Whole, json.loads(json.dumps(freeze(value)))) == value


def test_what_a_stored_text_leaves_out_takes_its_default():
    assert thaw(Whole, {"parts": [{"name": "a"}]}) == Whole(parts=(Part("a"),))
    assert thaw(Part, {"name": "a", "on": ""}) == Part("a")


def test_a_stored_text_that_says_more_than_the_value_is_refused():
    with pytest.raises(TypeError):
        thaw(Part, {"name": "a", "colour": "red"})


def test_the_print_of_signed_terms_never_changes():
    """The digest below was computed by the first version of the portal: signed documents bear such digests."""
    terms = Terms(
        text="ACI du 20 juin 2019",
        vintage=2026,
        size=2,
        territory=(CommuneTerm("22001", "Allineuc", 600), CommuneTerm("22002", "Andel", None, is_shared=True)),
        missions=(
            MissionTerm("acces", "Accès aux soins", True, date(2026, 1, 1)),
            MissionTerm("crise", "Crise", False),
        ),
        amounts=(AmountTerm("functioning", Decimal("60000.00"), "Avenant 2", "verified"),),
        indicators=(IndicatorTerm("acces", "Patients", "patients", "steps", 1, "200", Decimal("1000.50"), "66 111"),),
        clauses={"Divers": "Rien."},
    )
    assert print_of(terms) == "32e40c2854768e1bfd3214b766b04f3cf7f5031a525c6d6af1c2f49c5bb8669e"
    assert from_json(json.loads(json.dumps(freeze(terms)))) == terms
