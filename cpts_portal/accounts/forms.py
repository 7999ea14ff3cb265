"""Forms of accounts, accesses, invitations and agencies."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone

from cpts_portal.accounts.models import Access, Invitation, User, ViewingAs
from cpts_portal.accounts.roles import CPTS_ROLES, Role
from cpts_portal.core.forms import choices_among
from cpts_portal.core.history import latest_change_id
from territories.models import Agency, Cpts


class SeenForm(forms.ModelForm):
    """Remembers which state of the object was open, so that a concurrent change is noticed (`seen`)."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["seen"].initial = latest_change_id(self.instance)


class OwnNamesForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["first_name", "last_name"]


class UserForm(SeenForm):
    class Meta:
        model = User
        fields = ["first_name", "last_name", "email"]

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()


class AccessForm(forms.ModelForm):
    """One more access for a user; the place asked for depends on the role (the model's `clean` says which)."""

    class Meta:
        model = Access
        fields = ["role", "cpts", "agency", "start", "end"]
        widgets = {
            "start": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "end": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts = {
            "cpts": "Pour un rôle de CPTS (coordination ou bureau).",
            "agency": "Pour un agent d’ARS, de CPAM ou de CGSS.",
            "end": "Laisser vide tant que la fin n’est pas connue. Ce jour-là, l’accès ne compte déjà plus.",
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.user = user


class InvitationForm(forms.ModelForm):
    """Who is invited, to which role, where. A coordinator only chooses among her own CPTS and their roles."""

    class Meta:
        model = Invitation
        fields = ["email", "first_name", "last_name", "role", "cpts", "agency"]
        help_texts = {
            "email": "Le lien d’invitation est envoyé à cette adresse, qui servira à se connecter.",
            "first_name": "Facultatif : la personne pourra le corriger.",
            "last_name": "Facultatif : la personne pourra le corriger.",
            "cpts": "Pour un rôle de CPTS (coordination ou bureau).",
            "agency": "Pour un agent d’ARS, de CPAM ou de CGSS.",
        }

    def __init__(self, *args: Any, coordinated: list[int] | None = None, **kwargs: Any) -> None:
        """`coordinated`: the CPTS a coordinator may invite to; None for an administrator, who may invite anywhere."""
        super().__init__(*args, **kwargs)
        choices_among(self, "agency").queryset = Agency.objects.filter(is_active=True)
        if coordinated is not None:
            del self.fields["agency"]
            role: Any = self.fields["role"]
            role.choices = [choice for choice in Role.choices if choice[0] in CPTS_ROLES]
            choices_among(self, "cpts").queryset = Cpts.objects.filter(pk__in=coordinated)
            self.fields["cpts"].required = True
            self.fields["cpts"].help_text = "Vous pouvez inviter dans les CPTS que vous coordonnez."
            if len(coordinated) == 1:
                self.fields["cpts"].initial = coordinated[0]


class AcceptForm(forms.Form):
    """The account born from an invitation: names and a password typed twice."""

    first_name = forms.CharField(label="Prénom", max_length=80)
    last_name = forms.CharField(label="Nom", max_length=80)
    password = forms.CharField(
        label="Mot de passe",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="12 caractères au moins ; une phrase de plusieurs mots est facile à retenir.",
    )
    confirmation = forms.CharField(
        label="Mot de passe, une seconde fois",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        password = data.get("password")
        if password:
            names = {name: data.get(name, "") for name in ("first_name", "last_name")}
            try:
                validate_password(password, User(email=self.email, **names))
            except ValidationError as error:
                self.add_error("password", error)
            if data.get("confirmation") and data["confirmation"] != password:
                self.add_error("confirmation", "Les deux mots de passe diffèrent : tapez-les de nouveau.")
        return data


class ViewingForm(forms.ModelForm):
    class Meta:
        model = ViewingAs
        fields = ["reason"]
        help_texts = {"reason": "Par exemple : « ne retrouve pas sa CPTS dans la liste, appel du 22 novembre »."}

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"].strip()
        if len(reason) < 5:
            raise ValidationError("Dites en quelques mots pourquoi : le motif est conservé dans le journal.")
        return reason


class AgencyForm(SeenForm):
    class Meta:
        model = Agency
        fields = ["name", "kind", "departments", "email", "is_active"]
        widgets = {"departments": forms.CheckboxSelectMultiple}


class EndAccessForm(forms.Form):
    on = forms.DateField(
        label="L’accès ne compte plus à partir du",
        initial=timezone.localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
