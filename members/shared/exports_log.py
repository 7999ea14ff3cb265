"""Every export of personal data leaves a line: who took what, when, how many persons.

The line names nobody but its author: a receipt by its number, a person by the number of her record.
"""

from cpts_portal.accounts.requests import PortalRequest
from members.models import PersonalDataExport
from territories.models import Cpts


def log_export(request: PortalRequest, cpts: Cpts, *, what: str, persons: int, file_format: str) -> PersonalDataExport:
    """The author is the person at the keyboard, also when an administrator looks with somebody else's eyes."""
    longest = PersonalDataExport._meta.get_field("what").max_length
    viewing = getattr(request, "viewing_as", None)
    return PersonalDataExport.objects.create(
        cpts=cpts,
        author=viewing.administrator if viewing else request.user,
        what=what[:longest],
        filters=request.GET.urlencode(),
        persons=persons,
        file_format=file_format,
    )
