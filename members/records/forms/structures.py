"""The form of a structure."""

from typing import Any

from django import forms

from cpts_portal.core.forms import JudgedByTheActivity
from cpts_portal.core.identifiers import check_finess_key, validate_finess_form, validate_siret
from members.membership.custom_fields import fields_of as custom_fields_of
from members.models import CustomField, Structure, StructureKind
from members.records.structure_duplicates import StructureIdentity
from members.shared.forms.cells import add_extra_fields, anyway_field, clean_phone, extra_values, refuse_doubtful
from members.shared.forms.choosing import KnownCommuneField, PersonField, bind_to
from territories.cpts.forms.cpts import IdentifierField
from territories.models import Cpts

NAMES = (
    "kind",
    "name",
    "finess",
    "siret",
    "address",
    "commune",
    "email",
    "phone",
    "representative_name",
    "representative_title",
    "representative",
)

NAME_LENGTH = Structure._meta.get_field("representative_name").max_length


class StructureForm(JudgedByTheActivity, forms.ModelForm):
    commune = KnownCommuneField()
    representative = PersonField(
        label="Sa fiche dans le registre",
        required=False,
        help_text="Si cette personne y figure : commencez à taper son nom. Sa fiche et celle-ci se citent alors.",
    )
    finess_anyway = anyway_field("FINESS")
    another_structure = forms.BooleanField(
        label="C’est bien une autre structure", required=False, widget=forms.HiddenInput
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Structure
        fields = list(NAMES)
        field_classes = {"finess": IdentifierField, "siret": IdentifierField}
        widgets = {"phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})}
        labels = {"representative_title": "Fonction de cette personne"}
        help_texts = {"representative_name": "La personne qui vote et signe pour la structure."}

    field_order = [*NAMES[:3], "finess_anyway", *NAMES[3:]]

    def __init__(self, *args: Any, cpts: Cpts, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds: Any = self.fields["kind"]
        kinds.choices = [("", "Choisir…"), *StructureKind.choices]
        self.initial["version"] = self.instance.version
        self.initial["representative"] = self.instance.representative
        add_extra_fields(self, custom_fields_of(cpts, CustomField.Target.STRUCTURE), self.instance.extra)
        bind_to(self, cpts)

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"]) if self.cleaned_data["phone"] else ""

    def clean_finess(self) -> str:
        if self.cleaned_data["finess"]:
            validate_finess_form(self.cleaned_data["finess"])
        return self.cleaned_data["finess"]

    def clean_siret(self) -> str:
        if self.cleaned_data["siret"]:
            validate_siret(self.cleaned_data["siret"])
        return self.cleaned_data["siret"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        refuse_doubtful(self, "finess", check_finess_key)
        return data

    def said(self) -> dict[str, Any]:
        """The name of a person chosen in the register is written too: documents and lists print it."""
        said = {name: self.cleaned_data[name] for name in NAMES}
        if said["representative"] and not said["representative_name"]:
            said["representative_name"] = str(said["representative"])[:NAME_LENGTH]
        return said

    def said_extra(self) -> dict[str, Any]:
        return extra_values(self)

    def identity(self) -> StructureIdentity:
        commune = self.cleaned_data["commune"]
        return StructureIdentity.of(
            name=self.cleaned_data["name"],
            commune_id=commune.pk if commune else None,
            finess=self.cleaned_data["finess"],
            siret=self.cleaned_data["siret"],
        )
