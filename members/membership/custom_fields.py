"""Free fields that a CPTS adds to its register, and colleges: what each coordination decides for itself.

A field is retired, never deleted: the values typed stay in the records and come back with the field. Values are kept
under the field's key in `extra`: texts and choices as they are, numbers as numbers, days as « 2026-11-22 », yes or
no as a boolean; a blank is not kept.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.text import slugify

from cpts_portal.accounts.models import User
from cpts_portal.core.history import delete_as, save_as
from cpts_portal.core.refusals import NotPossible
from cpts_portal.core.text import date_fr, number_fr
from members.models import College, CustomField, DuesRate, Membership
from territories.models import Cpts

LONGEST_KEY = 40


def fields_of(cpts: Cpts, target: str) -> list[CustomField]:
    """The free fields a form of this CPTS asks for, in their order."""
    return list(CustomField.objects.filter(cpts=cpts, target=target, is_active=True))


def shown_values(cpts: Cpts, target: str, extra: dict[str, Any]) -> list[tuple[str, str]]:
    """(label, readable value) of the fields in use, then of the retired ones that still hold something."""
    known = CustomField.objects.filter(cpts=cpts, target=target).order_by("-is_active", "rank", "label")
    return [
        (
            custom.label if custom.is_active else f"{custom.label} (retiré)",
            readable_value(custom, extra.get(custom.key)),
        )
        for custom in known
        if custom.is_active or extra.get(custom.key) not in (None, "")
    ]


def readable_value(custom: CustomField, value: Any) -> str:
    """What a reader sees; a value that does not fit the kind (typed before it changed) is shown as it is."""
    if value in (None, ""):
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if custom.kind == CustomField.Kind.DATE:
        try:
            return date_fr(date.fromisoformat(str(value)))
        except ValueError:
            return str(value)
    if custom.kind == CustomField.Kind.NUMBER and isinstance(value, int | float):
        return number_fr(value, 0 if float(value).is_integer() else 2)
    return str(value)


def exported_value(custom: CustomField, value: Any) -> Any:
    """The value as a spreadsheet sorts and adds it: a day is a day, a number a number."""
    if custom.kind == CustomField.Kind.DATE and value:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            return str(value)
    if custom.kind == CustomField.Kind.NUMBER and isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return readable_value(custom, value)


@transaction.atomic
def add_field(cpts: Cpts, *, label: str, target: str, kind: str, by: User, choices: str = "") -> CustomField:
    """A new field, last of its list. Its key never changes, so that renaming it loses no value."""
    key = slugify(label)[:LONGEST_KEY]
    if not key:
        raise NotPossible("L’intitulé doit contenir des lettres ou des chiffres.")
    _refuse_missing_choices(kind, choices)
    last = CustomField.objects.filter(cpts=cpts, target=target).order_by("-rank").first()
    custom = CustomField(
        cpts=cpts, key=key, label=label, target=target, kind=kind, choices=choices, rank=last.rank + 1 if last else 1
    )
    try:
        with transaction.atomic():
            save_as(custom, by=by)
    except IntegrityError as error:
        raise NotPossible(
            f"Un champ « {label} » existe déjà, peut-être retiré : remettez-le en service, ou choisissez un autre "
            "intitulé."
        ) from error
    return custom


@transaction.atomic
def change_field(custom: CustomField, *, label: str, choices: str, by: User) -> CustomField:
    """Rename a field or change its choices; its kind stays, since the values typed are of that kind."""
    _refuse_missing_choices(custom.kind, choices)
    if (custom.label, custom.choices) != (label, choices):
        custom.label, custom.choices = label, choices
        save_as(custom, by=by)
    return custom


@transaction.atomic
def retire_field(custom: CustomField, *, by: User) -> CustomField:
    """Forms no longer ask for it; the values typed stay."""
    custom.is_active = False
    save_as(custom, by=by)
    return custom


@transaction.atomic
def restore_field(custom: CustomField, *, by: User) -> CustomField:
    custom.is_active = True
    save_as(custom, by=by)
    return custom


@transaction.atomic
def move(item: CustomField | College, *, up: bool, by: User) -> None:
    """Swap with the neighbour above or below; nothing happens at either end. Ranks become 1, 2, 3…"""
    rows = list(_neighbours(item))
    at = rows.index(item)
    other = at - 1 if up else at + 1
    if 0 <= other < len(rows):
        rows[at], rows[other] = rows[other], rows[at]
    for rank, row in enumerate(rows, start=1):
        if row.rank != rank:
            row.rank = rank
            save_as(row, by=by)


def _neighbours(item: CustomField | College) -> QuerySet:
    if isinstance(item, CustomField):
        return CustomField.objects.filter(cpts_id=item.cpts_id, target=item.target, is_active=item.is_active)
    return College.objects.filter(cpts_id=item.cpts_id)


def _refuse_missing_choices(kind: str, choices: str) -> None:
    if kind == CustomField.Kind.CHOICE and len([line for line in choices.splitlines() if line.strip()]) < 2:
        raise NotPossible("Une liste de choix en demande au moins deux, un par ligne.")


# --- Colleges ---------------------------------------------------------------------------------------------------
@transaction.atomic
def add_college(cpts: Cpts, *, name: str, by: User) -> College:
    last = College.objects.filter(cpts=cpts).order_by("-rank").first()
    return _saved_college(College(cpts=cpts, name=name, rank=last.rank + 1 if last else 1), by=by)


@transaction.atomic
def rename_college(college: College, *, name: str, by: User) -> College:
    college.name = name
    return _saved_college(college, by=by)


@transaction.atomic
def delete_college(college: College, *, by: User) -> None:
    """A college that a membership or an amount of dues names stays: past assemblies refer to it."""
    uses = uses_of(college)
    if uses:
        raise NotPossible(f"Ce collège ne peut pas être supprimé : {' et '.join(uses)} le citent. Renommez-le plutôt.")
    delete_as(college, by=by)


def uses_of(college: College) -> Sequence[str]:
    found = []
    if Membership.objects.filter(college=college).exists():
        found.append("des adhésions")
    if DuesRate.objects.filter(college=college).exists():
        found.append("des montants de cotisation")
    return found


def _saved_college(college: College, *, by: User) -> College:
    try:
        with transaction.atomic():
            save_as(college, by=by)
    except IntegrityError as error:
        raise NotPossible(f"Un collège s’appelle déjà « {college.name} ».") from error
    return college
