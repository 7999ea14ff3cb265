"""Fields where something of the portal is chosen by typing: a commune, a structure or a person of the register.

They work without JavaScript: what is typed is looked up when the form is sent, and an unclear text is answered with
the possible choices. With JavaScript the browser proposes them while typing (`members:suggestions`).
"""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.urls import reverse

from cpts_portal.core.text import fold
from members.models import Professional, Structure
from members.shared.known_records import known, known_structures
from territories.cpts.forms.cpts import CommuneField
from territories.models import Cpts

_NUMBER = re.compile(r"\(n°\s*(\d+)\)")
CHOICES_TOLD = 6


class SuggestInput(forms.TextInput):
    """A box whose browser list is filled while typing; `kind` says with what."""

    template_name = "members/shared/_suggest_input.html"

    def __init__(self, kind: str, attrs: dict[str, Any] | None = None) -> None:
        self.kind = kind
        self.cpts_id: int | None = None
        super().__init__({"autocomplete": "off", **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        own = context["widget"]["attrs"]
        if self.cpts_id and own.get("id"):
            choices = f"{own['id']}-choices"
            own.update(
                {
                    "list": choices,
                    "hx-get": reverse("members:suggestions", args=[self.cpts_id, self.kind]),
                    "hx-trigger": "input changed delay:250ms",
                    "hx-target": f"#{choices}",
                    "hx-swap": "innerHTML",
                }
            )
            context["widget"]["choices_id"] = choices
        return context


class KnownCommuneField(CommuneField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Commune")
        kwargs.setdefault("help_text", "Son nom ou son code INSEE.")
        super().__init__(widget=SuggestInput("communes"), required=kwargs.pop("required", False), **kwargs)


class _RecordField(forms.CharField):
    """A record of the register typed as its name, or « name (n° 12) » when several bear it."""

    what = ""

    def __init__(self, kind: str, **kwargs: Any) -> None:
        self.cpts: Cpts | None = None
        super().__init__(widget=SuggestInput(kind), **kwargs)

    def records(self) -> QuerySet:
        raise NotImplementedError

    def named(self, folded: str) -> list[Any]:
        """The records whose name is exactly this one, whatever the accents."""
        raise NotImplementedError

    def prepare_value(self, value: Any) -> Any:
        return label_of(value) if isinstance(value, Professional | Structure) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        number = _NUMBER.search(text)
        found = list(self.records().filter(pk=number[1])) if number else self.named(fold(text))
        if not found:
            raise ValidationError(f"{self.what} du registre ne correspond à « {text} ».")
        if len(found) > 1:
            names = ", ".join(label_of(record) for record in found[:CHOICES_TOLD])
            raise ValidationError(f"Plusieurs fiches portent ce nom : {names}. Recopiez celle qui convient.")
        return found[0]


class StructureField(_RecordField):
    what = "Aucune structure"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("structures", **kwargs)

    def records(self) -> QuerySet:
        return known_structures(self.cpts).select_related("commune")  # type: ignore[arg-type]

    def named(self, folded: str) -> list[Structure]:
        return [record for record in matching(self.records(), folded)[:200] if fold(record.name) == folded]


class PersonField(_RecordField):
    what = "Aucune personne"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("personnes", **kwargs)

    def records(self) -> QuerySet:
        return known(self.cpts).select_related("profession")  # type: ignore[arg-type]

    def named(self, folded: str) -> list[Professional]:
        wanted = sorted(folded.split())
        return [
            record
            for record in matching(self.records(), folded)[:200]
            if wanted in [sorted(fold(f"{record.civil_first_name} {name}").split()) for name in _names(record)]
        ]


def _names(person: Professional) -> list[str]:
    return [name for name in (person.civil_last_name, person.last_name) if name]


def matching(records: QuerySet, text: str) -> QuerySet:
    """Records whose search words hold every word of the text."""
    for word in fold(text).split():
        records = records.filter(search__contains=word)
    return records


def label_of(record: Professional | Structure) -> str:
    """« Dominique Essai (n° 12) »: what the box shows, and what it understands."""
    return f"{record} (n° {record.pk})"


def bind_to(form: forms.BaseForm, cpts: Cpts) -> None:
    """Say to the choosing fields of a form in which register they look."""
    for field in form.fields.values():
        if isinstance(field, _RecordField):
            field.cpts = cpts
        if isinstance(field.widget, SuggestInput):
            field.widget.cpts_id = cpts.pk
