"""The period over which participation is read."""

from datetime import date, timedelta
from typing import Any

from django import forms

from missions.meetings.participation import Span
from territories.cpts.forms.cpts import DayField


class PeriodForm(forms.Form):
    """Both days are included; a day left empty is that of the usual period."""

    du = DayField(label="Du", required=False)
    au = DayField(label="Au", required=False)

    def __init__(self, *args: Any, usual: Span, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": {"du": usual.start, "au": usual.last_day}})
        self.usual = usual

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and self._start(data) > self._last_day(data):
            self.add_error("au", "Le dernier jour ne peut pas précéder le premier.")
        return data

    @property
    def span(self) -> Span:
        """The period asked for; the usual one when there is none or it was refused."""
        if not self.is_valid():
            return self.usual
        data = self.cleaned_data
        return Span(self._start(data), self._last_day(data) + timedelta(days=1))

    def _start(self, data: dict[str, Any]) -> date:
        return data["du"] or self.usual.start

    def _last_day(self, data: dict[str, Any]) -> date:
        return data["au"] or self.usual.last_day
