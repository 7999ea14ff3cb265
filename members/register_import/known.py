"""What the portal already knows and the lines are read against: a fixed number of queries, whatever the file."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from cpts_portal.core.sheets import BadCell, tidy
from cpts_portal.core.text import fold
from members.models import (
    College,
    CustomField,
    DuesCampaign,
    DuesRate,
    ExerciseMode,
    Mandate,
    Profession,
    Specialty,
)
from members.register_import.cells import read_amount, read_date, read_yes_no
from members.register_import.communes import Communes
from members.shared.recognition import recognise, specialty_code
from territories.models import Cpts

_BOTH_MODES = ("mixte", "liberal et salarie", "salarie et liberal", "lib sal", "liberal salarie", "les deux")


@dataclass
class Known:
    """Nomenclatures and settings of one CPTS on one day. `new_colleges`: names to be created by the import."""

    cpts: Cpts
    today: date
    new_colleges: tuple[str, ...] = ()
    payment_dates: Mapping[int, date] = field(default_factory=dict)  # by column, for payments without a day
    communes: Communes = field(default_factory=Communes)

    @cached_property
    def professions(self) -> dict[tuple[str, str], int]:
        return {(nomenclature, code): pk for pk, nomenclature, code in self._professions}

    @cached_property
    def profession_names(self) -> dict[int, str]:
        return dict(Profession.objects.values_list("pk", "name"))

    @cached_property
    def _professions(self) -> list[tuple[int, str, str]]:
        return list(Profession.objects.values_list("pk", "nomenclature", "code"))

    @cached_property
    def colleges(self) -> dict[str, int]:
        """Keys by folded name. Those to be created have none yet (0)."""
        found = {fold(name): pk for pk, name in College.objects.filter(cpts=self.cpts).values_list("pk", "name")}
        return {**{fold(name): 0 for name in self.new_colleges}, **found}

    @cached_property
    def _college_keys(self) -> dict[str, str]:
        return {}

    def college_key(self, text: str) -> str:
        """How a college is looked for: without case nor accents."""
        if text not in self._college_keys:
            self._college_keys[text] = fold(text)
        return self._college_keys[text]

    @cached_property
    def custom_fields(self) -> dict[tuple[bool, str], CustomField]:
        """By (is for structures, key): the same key may be used on both sides."""
        fields = CustomField.objects.filter(cpts=self.cpts, is_active=True)
        return {(each.target == CustomField.Target.STRUCTURE, each.key): each for each in fields}

    @cached_property
    def campaigns(self) -> dict[int, DuesCampaign]:
        return {each.year: each for each in DuesCampaign.objects.filter(cpts=self.cpts)}

    @cached_property
    def rates(self) -> dict[int, list[DuesRate]]:
        found: dict[int, list[DuesRate]] = {}
        for rate in DuesRate.objects.filter(campaign__cpts=self.cpts):
            found.setdefault(rate.campaign_id, []).append(rate)
        return found

    @cached_property
    def _recognised(self) -> dict[str, tuple[int | None, str]]:
        return {}

    def profession(self, text: str) -> tuple[int | None, str]:
        """The profession a text names (None: unknown) and the mode it says (« infirmière libérale »)."""
        if text not in self._recognised:
            said = recognise(text)
            pk = self.professions.get(said.profession) if said.profession else None
            self._recognised[text] = (pk, str(said.mode) if said.mode else "")
        return self._recognised[text]

    @cached_property
    def specialties(self) -> dict[int, Specialty]:
        return {each.pk: each for each in Specialty.objects.order_by("pk")}

    @cached_property
    def _specialties_named(self) -> dict[str, Specialty]:
        """By folded name and by code; general medicine as a job, not as the diploma of the same name."""
        found = {fold(each.name): each for each in self.specialties.values()}
        return {**found, **{each.code.lower(): each for each in self.specialties.values()}}

    def specialty(self, text: str) -> Specialty | None:
        """The specialty a text names (« Cardiologue », « Pédiatrie », « SM04 »), when the nomenclature holds it."""
        if not text:
            return None
        if text not in self._found_specialties:
            named = self._specialties_named.get(fold(text)) or self._specialties_named.get(specialty_code(text).lower())
            self._found_specialties[text] = named
        return self._found_specialties[text]

    @cached_property
    def _found_specialties(self) -> dict[str, Specialty | None]:
        return {}

    @cached_property
    def office_holders(self) -> dict[str, list[tuple[date | None, str]]]:
        """Who holds or held the mandates that one person at a time may hold: until when, and her name."""
        rows = Mandate.objects.filter(cpts=self.cpts, office__in=Mandate.SINGLE_OFFICES).select_related("professional")
        found: dict[str, list[tuple[date | None, str]]] = {}
        for each in rows:
            found.setdefault(each.office, []).append((each.end, str(each.professional)))
        return found

    @cached_property
    def _modes(self) -> dict[str, tuple[str, ...]]:
        return {}

    def modes(self, text: str) -> tuple[str, ...]:
        """« libéral » -> L; « mixte » -> L and S, two places of practice. Raises `BadCell`."""
        if text not in self._modes:
            self._modes[text] = _modes_in(text)
        if not self._modes[text]:
            raise BadCell("mode d’exercice inconnu : écrivez libéral, salarié, mixte ou bénévole")
        return self._modes[text]

    def custom_value(self, wanted: CustomField, text: str) -> Any:
        """A free field's value as the card stores it (see `members.membership.custom_fields`). Raises `BadCell`."""
        readers: dict[str, Callable[[str], Any]] = {
            CustomField.Kind.NUMBER: _number,
            CustomField.Kind.DATE: _iso_date,
            CustomField.Kind.YES_NO: read_yes_no,
        }
        if wanted.kind == CustomField.Kind.CHOICE:
            return _choice(text, wanted.choice_list)
        return readers.get(wanted.kind, tidy)(text)


def _modes_in(text: str) -> tuple[str, ...]:
    plain = fold(text)
    if plain in _BOTH_MODES:
        return (ExerciseMode.LIBERAL, ExerciseMode.SALARIED)
    if len(plain) == 1 and plain.upper() in ExerciseMode.values:
        return (plain.upper(),)
    found = recognise(text).mode
    return (str(found),) if found else ()


def _number(text: str) -> float | int | str:
    value = read_amount(text)[0]
    if value is None:
        return ""
    return int(value) if value == value.to_integral_value() else float(value)


def _iso_date(text: str) -> str:
    value = read_date(text)[0]
    return value.isoformat() if value else ""


def _choice(text: str, choices: Iterable[str]) -> str:
    by_fold = {fold(choice): choice for choice in choices}
    if fold(text) not in by_fold:
        raise BadCell(f"choix inconnu ; les choix possibles sont : {', '.join(by_fold.values())}")
    return by_fold[fold(text)]
