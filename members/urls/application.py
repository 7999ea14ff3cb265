"""Settings of memberships and review of applications: see `members/urls/__init__.py`."""

from django.urls import path

from members.views import settings

CPTS = "<int:cpts_id>/"

urlpatterns = [
    path(f"{CPTS}reglages/", settings.Settings.as_view(), name="settings"),
    path(f"{CPTS}reglages/lien/", settings.RenewLink.as_view(), name="form-link"),
    path(f"{CPTS}reglages/affiche/", settings.Poster.as_view(), name="form-poster"),
    path(f"{CPTS}demandes/<int:application_id>/", settings.Review.as_view(), name="application-detail"),
    path(
        f"{CPTS}demandes/<int:application_id>/refuser/", settings.RefuseApplication.as_view(), name="application-refuse"
    ),
    path(f"{CPTS}demandes/<int:application_id>/ecarter/", settings.SetAside.as_view(), name="application-set-aside"),
]
