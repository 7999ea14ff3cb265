"""Writing to the ticked rows of the register: their addresses, for the reader's own mail software."""

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from cpts_portal.core.text import number_fr
from members.listing.forms import BulkForm
from members.listing.views.bulk import BulkPage
from members.shared.exports_log import log_export

LONGEST_LINK = 1900  # characters that every mail software takes from a link


class BulkMail(BulkPage):
    """Asks first, then shows the addresses (one a row, never twice) and who has none; the reading is logged.

    The association writes to its own members: the agreement asked for the members' directory is another matter.
    """

    needs = ("view", "members.professional")
    title = "Écrire"
    question = "Écrire à {} ?"
    submit_label = "Afficher les adresses"
    form_class = BulkForm

    def form_valid(self, form: BulkForm) -> HttpResponse:
        entries = list(self.rows.for_export())
        addresses = list(dict.fromkeys(entry.more.emails[0] for entry in entries if entry.more.emails))
        log_export(
            self.request,
            self.cpts,
            what=f"Adresses électroniques : sélection de {number_fr(len(entries))}",
            persons=len(addresses),
            file_format="courriel",
        )
        context = self.get_context_data(
            form=form,
            addresses=addresses,
            listed="; ".join(addresses),
            mail_url=mail_url(addresses),
            without=[str(entry) for entry in entries if not entry.more.emails],
        )
        return self.response_class(self.request, ["members/listing/addresses.html"], context, using=None)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            consequences=[
                "Leurs adresses électroniques (hors messagerie sécurisée) s’affichent, à copier dans votre logiciel.",
                "Ce sont des données personnelles : leur lecture est notée au journal des exports.",
            ],
            **kwargs,
        )


def mail_url(addresses: list[str]) -> str:
    """A link that opens a message with everybody in blind copy; empty when there are too many for one link."""
    url = f"mailto:?bcc={','.join(quote(address, safe='@') for address in addresses)}"
    return url if addresses and len(url) <= LONGEST_LINK else ""
