"""Addresses of the room `members.records`."""

from django.urls import path, re_path

from members.records.views import duplicates, people, structures, suggestions
from members.shared.addresses import CPTS

PERSON = f"{CPTS}personnes/<int:pk>/"
STRUCTURE = f"{CPTS}structures/<int:pk>/"

urlpatterns = [
    path(f"{CPTS}personnes/ajouter/", people.PersonAdd.as_view(), name="person-add"),
    path(PERSON, people.PersonDetail.as_view(), name="person-detail"),
    path(f"{PERSON}modifier/", people.PersonEdit.as_view(), name="person-edit"),
    path(f"{PERSON}comparer/<int:other_person_id>/", duplicates.PersonCompare.as_view(), name="person-compare"),
    path(f"{CPTS}structures/", structures.StructureList.as_view(), name="structures"),
    path(f"{CPTS}structures/ajouter/", structures.StructureAdd.as_view(), name="structure-add"),
    path(STRUCTURE, structures.StructureDetail.as_view(), name="structure-detail"),
    path(f"{STRUCTURE}modifier/", structures.StructureEdit.as_view(), name="structure-edit"),
    path(
        f"{STRUCTURE}comparer/<int:other_structure_id>/",
        duplicates.StructureCompare.as_view(),
        name="structure-compare",
    ),
    path(f"{CPTS}doublons/", duplicates.Duplicates.as_view(), name="duplicates"),
    re_path(
        r"^(?P<cpts_id>\d+)/suggestions/(?P<kind>communes|structures|personnes)/$",
        suggestions.Suggestions.as_view(),
        name="suggestions",
    ),
]
