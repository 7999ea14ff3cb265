"""Every form of the portal is drawn by the same field template, with Bootstrap's classes put in one place."""

from django.forms.renderers import TemplatesSetting


class PortalFormRenderer(TemplatesSetting):
    """Draws `{{ form }}` and `{{ form.field.as_field_group }}` with the portal's own components."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"
