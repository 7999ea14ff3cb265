"""The « fiche territoire » as a PDF."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from cpts_portal.pages import CptsMixin, PdfPage
from territories.cpts.forms.cpts import ReadingForm
from territories.cpts.sheets import sheet_filename, territory_sheet
from territories.map.vintages import loaded_vintages


class TerritorySheet(CptsMixin, PdfPage):
    """Read with the date and the vintage of the card it is asked from; refused politely where no PDF can be made."""

    needs = ("view", "territories.cpts")
    pdf_template = "pdf/territory_sheet.html"

    @cached_property
    def reading(self) -> ReadingForm:
        form = ReadingForm(self.request.GET, vintages=loaded_vintages())
        form.is_valid()
        return form

    def document(self) -> dict[str, Any]:
        day, vintage = self.reading.day, self.reading.vintage
        return territory_sheet(self.cpts, day=day, vintage=vintage, printed_on=timezone.localdate())

    def filename(self) -> str:
        return sheet_filename(self.cpts, self.reading.day)

    def back(self) -> str:
        return reverse("territories:cpts-detail", args=[self.cpts.pk])
