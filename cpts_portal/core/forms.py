"""Every form of the portal is drawn by the same field template, with Bootstrap's classes put in one place."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.renderers import TemplatesSetting

NO_CHOICE = "---------"  # Django's
CHOOSE = "Choisir…"
_CHECKS = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple)


class PortalBoundField(BoundField):
    """A field that knows how the portal draws it."""

    def __init__(self, form: Any, field: Any, name: str) -> None:
        super().__init__(form, field, name)
        _say_choose(field)

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        """Bootstrap's class for the kind of widget, beside the classes the form asked for."""
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        if widget.is_hidden:
            return built
        classes = [widget.attrs.get("class", ""), built.pop("class", ""), _bootstrap_class(widget)]
        if self.errors:
            classes.append("is-invalid")
        built["class"] = " ".join(name for name in classes if name)
        return built

    @property
    def is_single_box(self) -> bool:
        """One box to tick, whose label follows it."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_choice_list(self) -> bool:
        """Radio buttons or boxes, one per choice."""
        return isinstance(self.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)

    @property
    def is_marked(self) -> bool:
        """Shows an asterisk: only when the form has optional fields as well."""
        visible = [field for field in self.form.fields.values() if not field.widget.is_hidden]
        return self.field.required and not all(field.required for field in visible)


def _say_choose(field: Any) -> None:
    """A list that nothing says how to begin begins by a word rather than by dashes."""
    if getattr(field, "empty_label", None) == NO_CHOICE:
        field.empty_label = CHOOSE
    if not isinstance(field, forms.ChoiceField) or isinstance(field, forms.ModelChoiceField):
        return
    choices: Any = field.choices
    if any(label == NO_CHOICE for _value, label in choices):
        field.choices = [(value, CHOOSE if label == NO_CHOICE else label) for value, label in choices]


def _bootstrap_class(widget: forms.Widget) -> str:
    if isinstance(widget, _CHECKS):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


class PortalFormRenderer(TemplatesSetting):
    """Draws `{{ form }}` and `{{ form.field.as_field_group }}` with the portal's own components."""

    form_template_name = "ui/form.html"
    formset_template_name = "ui/formset.html"
    field_template_name = "ui/field.html"
    bound_field_class = PortalBoundField


class JudgedByTheActivity:
    """A ModelForm that leaves the constraints of its table to the activity module, which answers them in words."""

    def _post_clean(self) -> None:
        """Nothing here: see the class."""


def asked_again(form: forms.BaseForm, *, without: Iterable[str] = (), **answers: str) -> None:
    """The form comes back with these answers written in it, and without those that are asked again."""
    data: Any = form.data
    data = data.copy()
    for name in without:
        data.pop(name, None)
    for name, answer in answers.items():
        data[name] = answer
    form.data = data


def choices_among(form: forms.BaseForm, name: str) -> forms.ModelChoiceField:
    """The field of a form that chooses among rows: its queryset depends on who asks."""
    field = form.fields[name]
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError(f"{name} does not choose among rows")
    return field


def choice_field(form: forms.BaseForm, name: str) -> forms.ChoiceField:
    """The field of a form that chooses in a list: its choices depend on who asks."""
    field = form.fields[name]
    if not isinstance(field, forms.ChoiceField):
        raise TypeError(f"{name} does not choose in a list")
    return field
