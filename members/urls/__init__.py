"""Addresses of the members app, one module per room; everything about one CPTS stands under its number."""

from members.urls import application, directory, dues, people, privacy, register, spreadsheets, statistics

app_name = "members"
urlpatterns = [
    *register.urlpatterns,
    *people.urlpatterns,
    *dues.urlpatterns,
    *application.urlpatterns,
    *spreadsheets.urlpatterns,
    *statistics.urlpatterns,
    *directory.urlpatterns,
    *privacy.urlpatterns,
]
