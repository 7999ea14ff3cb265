from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    """Django's admin with the portal's own site (kept apart: it is read before models can be imported)."""

    default_site = "cpts_portal.adminsite.PortalAdminSite"
