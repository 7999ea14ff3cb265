"""Forms of the register list: what a bulk action needs to know, the name of a saved search."""

from typing import Any

from django import forms
from django.utils import timezone

from cpts_portal.core.exports import FORMATS
from cpts_portal.core.forms import asked_again, choices_among
from members.models import College, SavedFilter
from territories.map.views.ui_parts import date_input
from territories.models import Cpts


class BulkForm(forms.Form):
    """`expected` is the number of rows the reader saw: the act stops when it is no longer the same."""

    expected = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, count: int, cpts: Cpts, **kwargs: Any) -> None:
        self.count = count
        self.cpts = cpts
        super().__init__(*args, **kwargs)
        self.initial["expected"] = count

    def clean_expected(self) -> int:
        if self.cleaned_data["expected"] != self.count:
            asked_again(self, expected=str(self.count))
            raise forms.ValidationError(
                "La liste a changé depuis que vous l’avez ouverte. Relisez les noms ci-dessous, puis confirmez."
            )
        return self.count


class MoveToCollegeForm(BulkForm):
    college = forms.ModelChoiceField(
        label="Collège", queryset=College.objects.none(), empty_label="Choisissez un collège"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices_among(self, "college").queryset = College.objects.filter(cpts=self.cpts)


class DepartureForm(BulkForm):
    on = forms.DateField(
        label="Date du départ",
        widget=date_input(),
        help_text="Ce jour-là, la personne n’est plus adhérente.",
        initial=timezone.localdate,
    )
    reason = forms.CharField(label="Motif", max_length=300, help_text="Par exemple : retraite, départ du territoire.")


class ExportForm(BulkForm):
    file_format = forms.ChoiceField(label="Format", choices=[(name, name.upper()) for name in reversed(FORMATS)])


class SavedFilterForm(forms.ModelForm):
    class Meta:
        model = SavedFilter
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = "Par exemple : infirmiers en retard de cotisation."

    def clean_name(self) -> str:
        """A name is used once; the search it finds is replaced on purpose, by deleting it first."""
        name = self.cleaned_data["name"].strip()
        kept = SavedFilter.objects.filter(cpts=self.instance.cpts, owner=self.instance.owner, name__iexact=name)
        if kept.exists():
            raise forms.ValidationError("Vous avez déjà une recherche à ce nom : choisissez-en un autre.")
        return name
