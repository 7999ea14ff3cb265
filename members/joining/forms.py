"""The public application form, and the forms of its examination."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from cpts_portal.core.forms import asked_again
from cpts_portal.core.identifiers import (
    DoubtfulKey,
    check_rpps_key,
    strip_national_prefix,
    validate_finess_form,
    validate_rpps_form,
    validate_siret,
)
from members.joining.applications import charter_print
from members.membership.custom_fields import fields_of
from members.membership.forms.adhesions import CollegeField, taken
from members.models import (
    Application,
    CustomField,
    ExerciseMode,
    MembershipSettings,
    Profession,
    StructureKind,
)
from territories.cpts.forms.cpts import CommuneField, DayField, IdentifierField
from territories.models import Commune, Cpts


class AcceptForm(forms.Form):
    """One meeting of the board: its date is common to all the applications accepted."""

    on = DayField(label="Décision du bureau du")
    start = DayField(label="Adhérent à partir du", required=False, help_text="Vide : le jour de la décision.")

    def __init__(self, *args: Any, cpts: Cpts, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.fields["college"] = CollegeField(
            cpts=cpts, empty_label="Celui de la demande", help_text="Si un seul collège convient à toutes les demandes."
        )

    def clean_on(self) -> date:
        return taken(self.cleaned_data["on"], self.today)


class RefuseForm(forms.Form):
    on = DayField(label="Décision du bureau du")
    reason = forms.CharField(label="Motif du refus", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)

    def clean_on(self) -> date:
        return taken(self.cleaned_data["on"], self.today)


CONSENT = "Montrer {} dans l’annuaire des adhérents"


class PlaceField(CommuneField):
    """A commune by its name, its INSEE code, or a postal code that only one commune bears."""

    def _candidates(self, text: str, code: str) -> Iterable[Commune]:
        found = list(super()._candidates(text, code))
        if not found and code:
            current = Commune.objects.current().select_related("department")
            found = list(current.filter(postal_codes__contains=code))
        return found


class PublicApplicationForm(forms.Form):
    """What persons and structures have in common. `website` is a decoy that people do not see and robots fill."""

    submission = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    website = forms.CharField(label="Ne pas remplir", required=False, widget=forms.TextInput(attrs={"tabindex": "-1"}))
    place = forms.CharField(label="Cabinet ou lieu d’exercice", max_length=160, required=False)
    address = forms.CharField(label="Adresse", max_length=200, required=False)
    commune = PlaceField(label="Commune", help_text="Son nom, son code postal ou son code INSEE.", max_length=100)
    email = forms.EmailField(
        label="Adresse électronique", max_length=160, help_text="La réponse du bureau y sera envoyée."
    )
    email_consent = forms.BooleanField(label=CONSENT.format("cette adresse"), required=False)
    phone = forms.CharField(label="Téléphone professionnel", max_length=20, required=False)
    phone_consent = forms.BooleanField(label=CONSENT.format("ce téléphone"), required=False)
    mobile = forms.CharField(label="Téléphone mobile", max_length=20, required=False)
    mobile_consent = forms.BooleanField(label=CONSENT.format("ce mobile"), required=False)
    message = forms.CharField(
        label="Message au bureau", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    kind = Application.Kind.PERSON
    channels: tuple[str, ...] = ("email", "phone", "mobile")

    def __init__(self, *args: Any, cpts: Cpts, charter: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.custom = fields_of(cpts, self.kind)
        for custom in self.custom:
            self.fields[f"extra_{custom.key}"] = extra_field(custom)
        self.charter = charter_print(charter)
        if self.charter:
            self.fields["charter_read"] = forms.CharField(
                widget=forms.HiddenInput, initial=self.charter, required=False
            )
            self.fields["charter"] = forms.BooleanField(
                label="J’ai lu la charte ci-dessus et je l’accepte",
                error_messages={"required": "La charte doit être acceptée pour envoyer la demande."},
            )

    def clean(self) -> dict[str, Any]:
        """The charter accepted is the one that was on the page: a text changed meanwhile is shown again, unticked."""
        data = super().clean() or {}
        if data.get("charter_read") and data["charter_read"] != self.charter:
            asked_again(self, charter_read=self.charter, without=["charter"])
            self.add_error(
                "charter",
                "La charte a changé pendant que vous remplissiez ce formulaire : relisez-la, puis acceptez-la.",
            )
        return data

    @property
    def is_decoyed(self) -> bool:
        return bool(self.data.get("website", "").strip())

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])

    def clean_mobile(self) -> str:
        return clean_phone(self.cleaned_data["mobile"])

    def values(self) -> dict[str, Any]:
        """The fields of an `Application`."""
        data = self.cleaned_data
        names = [name for name in data if hasattr(Application, name) and name not in ("submission",)]
        return {
            **{name: data[name] for name in names},
            "kind": self.kind,
            "contacts": [
                {"channel": channel, "value": data[channel], "consent": data[f"{channel}_consent"]}
                for channel in self.channels
                if data.get(channel)
            ],
            "extra": {custom.key: stored(data[f"extra_{custom.key}"]) for custom in self.custom},
        }


class PersonApplicationForm(PublicApplicationForm):
    civil_last_name = forms.CharField(label="Nom d’état civil", max_length=80)
    civil_first_name = forms.CharField(label="Prénom", max_length=80)
    last_name = forms.CharField(
        label="Nom d’exercice", max_length=80, required=False, help_text="S’il diffère du nom d’état civil."
    )
    profession = forms.ModelChoiceField(
        label="Profession", queryset=Profession.objects.filter(is_active=True), empty_label="Choisissez"
    )
    mode = forms.ChoiceField(
        label="Mode d’exercice", choices=[("", "Non précisé"), *ExerciseMode.choices], required=False
    )
    rpps = IdentifierField(label="Numéro RPPS", required=False, help_text="11 chiffres, si vous en avez un.")
    rpps_anyway = forms.BooleanField(label="Ce numéro RPPS est exact", required=False, widget=forms.HiddenInput)
    mss = forms.CharField(
        label="Messagerie sécurisée de santé", max_length=160, required=False, validators=[EmailValidator()]
    )
    mss_consent = forms.BooleanField(label=CONSENT.format("cette messagerie"), required=False)
    channels = ("email", "mss", "phone", "mobile")
    field_order = [
        *("civil_last_name", "civil_first_name", "last_name", "profession", "mode", "rpps", "rpps_anyway"),
        *("place", "address", "commune", "email", "email_consent", "mss", "mss_consent"),
    ]

    def clean_rpps(self) -> str:
        rpps = strip_national_prefix(self.cleaned_data["rpps"])
        if rpps:
            validate_rpps_form(rpps)
        return rpps

    def clean(self) -> dict[str, Any]:
        """A number whose key fails is probably mistyped; who is sure says so."""
        data = super().clean() or {}
        if data.get("rpps"):
            try:
                check_rpps_key(data["rpps"])
            except DoubtfulKey as doubt:
                self.fields["rpps_anyway"].widget = forms.CheckboxInput()
                if not data.get("rpps_anyway"):
                    self.add_error("rpps", doubt)
        return data


class StructureApplicationForm(PublicApplicationForm):
    name = forms.CharField(label="Nom de la structure", max_length=160)
    structure_kind = forms.ChoiceField(label="Type", choices=[("", "Choisissez"), *StructureKind.choices])
    finess = IdentifierField(label="Numéro FINESS", required=False)
    siret = IdentifierField(label="SIRET", required=False)
    representative_name = forms.CharField(label="Représentée par", max_length=120)
    representative_title = forms.CharField(label="Fonction", max_length=120, required=False)
    kind = Application.Kind.STRUCTURE
    place = None  # type: ignore[assignment]
    field_order = ["name", "structure_kind", "finess", "siret", "representative_name", "representative_title"]

    def clean_finess(self) -> str:
        if self.cleaned_data["finess"]:
            validate_finess_form(self.cleaned_data["finess"])
        return self.cleaned_data["finess"]

    def clean_siret(self) -> str:
        if self.cleaned_data["siret"]:
            validate_siret(self.cleaned_data["siret"])
        return self.cleaned_data["siret"]


FORMS = {Application.Kind.PERSON: PersonApplicationForm, Application.Kind.STRUCTURE: StructureApplicationForm}


def clean_phone(value: str) -> str:
    phone = value.strip()
    if phone and not 10 <= sum(sign.isdigit() for sign in phone) <= 15:
        raise ValidationError("Un numéro de téléphone compte 10 chiffres, par exemple 02 96 00 00 00.")
    return phone


def extra_field(custom: CustomField) -> forms.Field:
    """A free field of the CPTS as a visitor fills it; never required."""
    Kind = CustomField.Kind  # noqa: N806 (a class)
    if custom.kind == Kind.NUMBER:
        return forms.FloatField(label=custom.label, required=False)
    if custom.kind == Kind.DATE:
        return DayField(label=custom.label, required=False)
    if custom.kind == Kind.CHOICE:
        choices = [("", "Non précisé"), *((choice, choice) for choice in custom.choice_list)]
        return forms.ChoiceField(label=custom.label, choices=choices, required=False)
    if custom.kind == Kind.YES_NO:
        return forms.BooleanField(label=custom.label, required=False)
    return forms.CharField(label=custom.label, max_length=500, required=False)


def stored(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


class ReviewForm(forms.Form):
    """Whose application it is: one of the records that look like it, or a new one."""

    record = forms.ChoiceField(label="Fiche du registre pour cette demande", widget=forms.RadioSelect)

    def __init__(self, *args: Any, cpts: Cpts, candidates: list, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.candidates = {str(record.pk): record for record, _signs in candidates}
        choices = [(str(record.pk), f"{record} ({', '.join(signs)})") for record, signs in candidates]
        self.fields["record"].choices = [*choices, ("new", "Créer une nouvelle fiche")]  # type: ignore[attr-defined]
        if not candidates:
            self.fields["record"].initial = "new"
        self.fields["college"] = CollegeField(cpts=cpts)

    def holder(self) -> Any:
        return self.candidates.get(self.cleaned_data["record"])


class SetAsideForm(forms.Form):
    reason = forms.CharField(label="Pourquoi cette demande est écartée", max_length=300)


class SettingsForm(forms.ModelForm):
    """`state` is the last change known to the form: somebody else's later save is noticed."""

    state = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = MembershipSettings
        fields = ["form_is_open", "introduction", "charter", "receipt_prefix"]
        widgets = {"introduction": forms.Textarea(attrs={"rows": 4}), "charter": forms.Textarea(attrs={"rows": 12})}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("form_is_open") and not data.get("charter", "").strip():
            self.add_error("charter", "Écrivez la charte avant d’ouvrir le formulaire : le demandeur doit l’accepter.")
        return data
