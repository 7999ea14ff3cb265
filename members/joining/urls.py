"""Addresses of the room `members.joining`."""

from django.urls import path

from members.joining.views import applications, settings
from members.shared.addresses import CPTS

urlpatterns = [
    path(f"{CPTS}demandes/", applications.Applications.as_view(), name="applications"),
    path(f"{CPTS}demandes/accepter/", applications.AcceptMany.as_view(), name="applications-accept"),
    path(f"{CPTS}adhesions/<int:membership_id>/refuser/", applications.Refuse.as_view(), name="membership-refuse"),
    path(f"{CPTS}reglages/", settings.Settings.as_view(), name="settings"),
    path(f"{CPTS}reglages/lien/", settings.RenewLink.as_view(), name="form-link"),
    path(f"{CPTS}reglages/affiche/", settings.Poster.as_view(), name="form-poster"),
    path(f"{CPTS}demandes/<int:application_id>/", settings.Review.as_view(), name="application-detail"),
    path(
        f"{CPTS}demandes/<int:application_id>/refuser/", settings.RefuseApplication.as_view(), name="application-refuse"
    ),
    path(f"{CPTS}demandes/<int:application_id>/ecarter/", settings.SetAside.as_view(), name="application-set-aside"),
]
