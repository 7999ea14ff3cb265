"""Addresses of the room `members.privacy.privacy`."""

from django.urls import path

from members.privacy import views

urlpatterns = [
    path("<int:cpts_id>/donnees-personnelles/", views.Privacy.as_view(), name="privacy"),
    path(
        "<int:cpts_id>/donnees-personnelles/annuaire/",
        views.DirectoryOfMembers.as_view(),
        name="directory-of-members",
    ),
    path("<int:cpts_id>/donnees-personnelles/anonymisation/", views.Anonymise.as_view(), name="anonymise"),
    path("<int:cpts_id>/donnees-personnelles/exports/", views.ExportsLog.as_view(), name="exports-log"),
    path("<int:cpts_id>/personnes/<int:pk>/donnees/", views.PersonData.as_view(), name="person-data"),
]
