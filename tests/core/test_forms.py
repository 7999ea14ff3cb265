"""How every form of the portal is drawn."""

import pytest
from django import forms
from django.db import models
from django.db.models.fields import BLANK_CHOICE_DASH

from territories.models import Agency


class Choices(forms.Form):
    agency = forms.ModelChoiceField(queryset=Agency.objects.none())
    either = forms.ModelChoiceField(queryset=Agency.objects.none(), empty_label="Aucune")
    kind = models.CharField("type", choices=[("a", "Premier")]).formfield()
    several = forms.MultipleChoiceField(choices=[("a", "Premier")])
    said = forms.ChoiceField(choices=[*BLANK_CHOICE_DASH, ("Groupe", [("a", "Premier")])])


@pytest.mark.django_db
def test_a_list_begins_by_a_word_and_never_by_dashes():
    form = Choices()
    drawn = {name: str(form[name]) for name in form.fields}
    assert {name: '<option value="" selected>Choisir…</option>' in html for name, html in drawn.items()} == {
        "agency": True,
        "either": False,
        "kind": True,
        "several": False,
        "said": True,
    }
    assert "---" not in "".join(drawn.values())
    assert '<option value="a">Premier</option>' in drawn["kind"]
    assert Choices.base_fields["kind"].choices == [*BLANK_CHOICE_DASH, ("a", "Premier")]
