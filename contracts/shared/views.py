"""The journal of the decisions and payments of a CPTS, and whether it is still as it was written."""

from typing import Any

from django.db.models import QuerySet

from contracts.models import JournalEntry
from contracts.shared.filters import JournalFilter
from contracts.shared.journal import check_journal
from contracts.shared.links import file_crumbs
from contracts.shared.tables import JournalTable
from cpts_portal.pages import CptsMixin, Crumb, ListPage


class Journal(CptsMixin, ListPage):
    needs = ("view", "contracts.journalentry")
    title = "Journal des décisions"
    template_name = "contracts/shared/journal.html"
    filterset_class = JournalFilter
    table_class = JournalTable
    export_name = "journal-des-decisions"
    empty_title = "Aucune décision"
    empty_hint = "Chaque dépôt, visa, signature, clôture ou versement y laissera une ligne que nul ne peut changer."

    def breadcrumbs(self) -> list[Crumb]:
        return file_crumbs(self.cpts)

    def get_queryset(self) -> QuerySet:
        return JournalEntry.objects.filter(cpts=self.cpts)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(state=check_journal(self.cpts), **kwargs)
