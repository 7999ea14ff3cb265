"""Card of a person of the register, and the form that adds or corrects her."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.core.changes import ChangeEvent, changes_of
from cpts_portal.core.forms import asked_again
from cpts_portal.core.text import de
from cpts_portal.core.versions import StaleEdit, typed_over
from cpts_portal.pages import CptsMixin, Crumb, FormPage, Page
from members.membership.custom_fields import shown_values
from members.models import Contact, CustomField, Mandate, NotDuplicate, Practice, Professional
from members.records.duplicates import Identity, candidates_for, known_apart
from members.records.forms.people import PersonForm, with_one_more
from members.records.registration import NumberTaken, register_person, update_person
from members.records.views.card_documents import documents_of
from members.records.views.card_parts import drawn_panels
from members.records.views.card_rows import (
    contact_rows,
    current_status,
    due_rows,
    dues_of,
    has_open,
    history_of,
    mandate_rows,
    membership_rows,
    practice_rows,
    represented_by,
)
from members.records.views.person_words import compared
from members.shared.directory_differences import differences
from members.shared.links import card_crumb, card_url, register_crumbs

MAILS = (Contact.Channel.EMAIL, Contact.Channel.SECURE_MAIL)


class PersonMixin(CptsMixin):
    """A page about one person (`pk` in its URL) of one CPTS."""

    @cached_property
    def person(self) -> Professional:
        known = Professional.objects.select_related("profession", "directory_entry__profession", "merged_into")
        return get_object_or_404(known, pk=self.kwargs["pk"], cpts=self.cpts)


class PersonDetail(PersonMixin, Page):
    needs = ("view", "members.professional")
    template_name = "members/records/person.html"

    def get_title(self) -> str:
        return str(self.person)

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person, today = self.person, timezone.localdate()
        self.contacts = list(person.contacts.all())
        memberships = list(person.memberships.select_related("college"))
        may_change = self.may("change", "members.professional") and not person.merged_into_id
        rows = membership_rows(memberships, today=today, may_change=may_change)
        dues = list(dues_of(memberships))
        return super().get_context_data(
            person=person,
            may_edit=may_change,
            state=current_status(rows),
            identity=self.identity_rows(),
            contacts=contact_rows(self.contacts),
            practices=practice_rows(person.practices.select_related("structure", "commune"), today),
            memberships=rows,
            dues=due_rows(dues, self.cpts.pk, today=today),
            documents=documents_of(memberships, dues, self.cpts.pk, today),
            panels=drawn_panels(person, self.request),
            mandates=mandate_rows(person.mandates.order_by("-start", "office"), today),
            structures=represented_by(person),
            differences=differences(person),
            free_fields=shown_values(self.cpts, CustomField.Target.PERSON, person.extra),
            look_alikes=self.look_alikes() if may_change else [],
            events=self.events(),
            **self.links(),
            enrol_url=""
            if has_open(memberships, today)
            else reverse("members:membership-enrol", args=[self.cpts.pk, "personnes", person.pk]),
            **kwargs,
        )

    def identity_rows(self) -> list[tuple[str, Any]]:
        person = self.person
        specialties = ", ".join(str(specialty) for specialty in person.specialties.all())
        return [
            ("Nom d’état civil", person.civil_last_name),
            ("Prénom", person.civil_first_name),
            ("Nom d’exercice", person.last_name),
            ("Profession", person.profession),
            *([("Spécialités", specialties)] if specialties else []),
            ("RPPS", person.rpps),
        ]

    def look_alikes(self) -> list[dict[str, Any]]:
        """The records that may be the same person, unless somebody said that they are not."""
        person = self.person
        identity = Identity.of(
            rpps=person.rpps,
            first_name=person.civil_first_name,
            last_name=person.last_name or person.civil_last_name,
            profession_id=person.profession_id,
            emails=[row.value for row in self.contacts if row.channel in MAILS],
        )
        return alike(self.cpts, identity, person)

    def links(self) -> dict[str, str]:
        cpts, person = self.cpts.pk, self.person
        return {
            "directory_url": reverse("members:directory-person", args=[cpts, person.pk]),
            "export_url": reverse("members:person-data", args=[cpts, person.pk]),
        }

    def events(self) -> list[ChangeEvent]:
        """Hers and what the records merged into hers lived before."""
        keys = [self.person.pk, *self.person.merged.values_list("pk", flat=True)]
        return changes_of(
            *history_of(self.person.history, "professional_id", keys),
            *(model.history.filter(professional_id__in=keys) for model in (Contact, Practice, Mandate)),
        )


def alike(cpts: Any, identity: Identity, person: Professional | None) -> list[dict[str, Any]]:
    """Records that look like this identity: the record, its signs, the page where both are compared."""
    apart = known_apart(cpts, NotDuplicate.Target.PERSON) if person else set()
    own = person.pk if person else None
    return [
        {
            "record": other,
            "signs": ", ".join(signs),
            "url": card_url(other),
            "compare_url": reverse("members:person-compare", args=[cpts.pk, own, other.pk]) if own else "",
        }
        for other, signs in candidates_for(cpts, identity, besides=own).items()
        if own is None or (min(own, other.pk), max(own, other.pk)) not in apart
    ]


class PersonFormPage(CptsMixin, FormPage):
    """The form with its rows. A button that adds a line, or a change of profession, draws it again unjudged."""

    template_name = "members/records/person_form.html"
    form_class = PersonForm

    @property
    def registered(self) -> Professional | None:
        """The person whose card is changed; none when she is added."""
        return None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        added = request.POST.get("add", "")
        if not added and "redraw" not in request.POST:
            return super().post(request, *args, **kwargs)
        form = self.get_form()
        return self.render_to_response(self.get_context_data(form=form.left_unjudged()))

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = {**super().get_form_kwargs(), "cpts": self.cpts}
        added = self.request.POST.get("add", "")
        if added in ("contacts", "practices"):
            kwargs["data"] = with_one_more(kwargs["data"], added)
        return kwargs

    def form_valid(self, form: PersonForm) -> HttpResponse:
        found = alike(self.cpts, form.identity(), self.registered)
        if not self.answered(form, found):
            return self.ask_about(form, found)
        try:
            self.saved = self.save(form, [each["record"] for each in found])
        except NumberTaken as taken:
            form.add_error("rpps", taken)
            return self.form_invalid(form)
        except StaleEdit:
            return self.edited_meanwhile(form)
        return super().form_valid(form)

    def save(self, form: PersonForm, apart_from: list[Professional]) -> Professional:
        raise NotImplementedError

    def answered(self, form: PersonForm, found: list[dict[str, Any]]) -> bool:
        """Were all these look-alikes on the page when « C’est bien une autre personne » was ticked?"""
        seen = set(form.cleaned_data["seen"].split())
        asked = {str(each["record"].pk) for each in found}
        return not asked or (form.cleaned_data["another_person"] and asked <= seen)

    def ask_about(self, form: PersonForm, found: list[dict[str, Any]]) -> HttpResponse:
        asked_again(form, seen=" ".join(str(each["record"].pk) for each in found), without=["another_person"])
        return self.render_to_response(self.get_context_data(form=form, look_alikes=found), status=422)

    def edited_meanwhile(self, form: PersonForm) -> HttpResponse:
        raise NotImplementedError

    def get_success_url(self) -> str:
        return card_url(self.saved)


class PersonAdd(PersonFormPage):
    needs = ("add", "members.professional")
    title = "Ajouter une personne"
    submit_label = "Ajouter au registre"
    success_message = "La personne est ajoutée au registre."

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": Professional(cpts=self.cpts)}

    def save(self, form: PersonForm, apart_from: list[Professional]) -> Professional:
        return register_person(
            self.cpts, fields=form.said(), on=timezone.localdate(), apart_from=apart_from, by=self.request.user
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=reverse("members:register", args=[self.cpts.pk]), **kwargs)


class PersonEdit(PersonMixin, PersonFormPage):
    needs = ("change", "members.professional")
    success_message = "La fiche est enregistrée."

    @property
    def registered(self) -> Professional:
        return self.person

    def get_title(self) -> str:
        return f"Modifier la fiche {de(self.person)}"

    def breadcrumbs(self) -> list[Crumb]:
        return register_crumbs(self.cpts, card_crumb(self.person))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.person.merged_into_id:
            return redirect(card_url(self.person))
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The form works on its own copy: what was typed never shows as saved on a page that comes back."""
        copy = Professional.objects.get(pk=self.person.pk)
        return {**super().get_form_kwargs(), "instance": copy}

    def save(self, form: PersonForm, apart_from: list[Professional]) -> Professional:
        return update_person(
            self.person,
            fields=form.said(),
            on=timezone.localdate(),
            version=form.cleaned_data["version"],
            apart_from=apart_from,
            by=self.request.user,
        )

    def edited_meanwhile(self, form: PersonForm) -> HttpResponse:
        """The form comes back as typed, beside what somebody else saved; sending it again is then a choice."""
        saved = Professional.objects.select_related("profession").get(pk=self.person.pk)
        typed_over(form, saved)
        return self.render_to_response(
            self.get_context_data(form=form, comparison=compared(saved, form.said(), self.cpts)), status=409
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=card_url(self.person), **kwargs)
