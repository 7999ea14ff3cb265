"""Base pages: what every screen of the portal shares.

A page declares who may come, in one of three ways, and a guard test refuses a URL that declares nothing:

    needs = ("change", "territories.cpts")    # a row of the permission table (the usual way)
    roles = ADMINISTRATORS                    # a set of roles, for pages that belong to no table
    public = True                             # anybody, without login

No login answers with a redirect to the login page, a wrong role 403, an object of another CPTS 404 with an
explanation. At most two levels of inheritance from here.
"""

from cpts_portal.core.versions import StaleEdit, check_version
from cpts_portal.pages.documents import FiguresPage, PdfPage, pdf_or_message
from cpts_portal.pages.forms import ActPage, ConfirmPage, FormPage
from cpts_portal.pages.lists import ListPage
from cpts_portal.pages.portal import (
    CptsMixin,
    Crumb,
    NotInScope,
    Page,
    PortalView,
    explained_absence,
    who_may_open,
)

__all__ = [
    "ActPage",
    "ConfirmPage",
    "CptsMixin",
    "Crumb",
    "FiguresPage",
    "FormPage",
    "ListPage",
    "NotInScope",
    "Page",
    "PdfPage",
    "PortalView",
    "StaleEdit",
    "check_version",
    "explained_absence",
    "pdf_or_message",
    "who_may_open",
]
