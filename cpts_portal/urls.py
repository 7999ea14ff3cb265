"""Every address of the portal, in French."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("cpts_portal.home.urls")),
    path("territoires/", include("territories.urls")),
    path("adherents/", include("members.urls")),
    path("rejoindre/", include("members.joining.public_urls")),
    path("missions/", include("missions.urls")),
    path("contrats/", include("contracts.urls")),
    path("invitation-reunion/", include("missions.meetings.invited_urls")),
    path("compte/", include("cpts_portal.accounts.urls")),
    path("compte/", include("cpts_portal.accounts.entrance_urls")),
    path("gestion/", admin.site.urls),
]
handler403 = "cpts_portal.home.errors.forbidden"
handler404 = "cpts_portal.home.errors.not_found"
handler500 = "cpts_portal.home.errors.server_error"
