"""Personal data of the registers: see `members/urls/__init__.py`."""

from django.urls import URLPattern, path

from members.views import privacy

urlpatterns: list[URLPattern] = [
    path("<int:cpts_id>/donnees-personnelles/", privacy.Privacy.as_view(), name="privacy"),
    path(
        "<int:cpts_id>/donnees-personnelles/annuaire/",
        privacy.DirectoryOfMembers.as_view(),
        name="directory-of-members",
    ),
    path("<int:cpts_id>/donnees-personnelles/anonymisation/", privacy.Anonymise.as_view(), name="anonymise"),
    path("<int:cpts_id>/donnees-personnelles/exports/", privacy.ExportsLog.as_view(), name="exports-log"),
    path("<int:cpts_id>/personnes/<int:pk>/donnees/", privacy.PersonData.as_view(), name="person-data"),
]
