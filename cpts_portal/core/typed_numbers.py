"""Numbers as people type them in forms: a comma or a point, spaces of every kind."""

from typing import Any

from django import forms

SPACES = (" ", "\u00a0", "\u202f")


class TypedNumberField(forms.DecimalField):
    """« 1 234,5 »; `marks` are signs that may stand in the box and mean nothing (€, %)."""

    marks: tuple[str, ...] = ()

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            for mark in (*SPACES, *self.marks):
                value = value.replace(mark, "")
            value = value.replace(",", ".")
        return super().to_python(value)
