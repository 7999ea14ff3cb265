"""Tables that name persons leave the register by its pages, which write each export down; never by the admin."""

from django.http import HttpRequest

from cpts_portal.adminsite import PortalAdmin


class PersonalDataAdmin(PortalAdmin):
    """No export here: the one of the pages is logged."""

    def has_export_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False
