"""Persons, structures, duplicates, mandates, free fields and colleges."""

from django.urls import path, re_path

from members.views import custom_fields, duplicates, organisation, people, structures, suggestions

CPTS = "<int:cpts_id>/"
PERSON = f"{CPTS}personnes/<int:pk>/"
STRUCTURE = f"{CPTS}structures/<int:pk>/"
COLLEGE = f"{CPTS}colleges/<int:pk>/"
FIELD = f"{CPTS}champs-libres/<int:pk>/"

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
    path(f"{CPTS}mandats/", organisation.Mandates.as_view(), name="mandates"),
    path(f"{CPTS}mandats/donner/", organisation.MandateAdd.as_view(), name="mandate-add"),
    path(f"{CPTS}mandats/election/", organisation.Elections.as_view(), name="mandates-election"),
    path(f"{CPTS}mandats/<int:pk>/fin/", organisation.MandateEnd.as_view(), name="mandate-end"),
    path(f"{CPTS}champs-libres/", custom_fields.CustomFields.as_view(), name="custom-fields"),
    path(f"{CPTS}champs-libres/ajouter/", custom_fields.CustomFieldAdd.as_view(), name="custom-field-add"),
    path(f"{FIELD}modifier/", custom_fields.CustomFieldEdit.as_view(), name="custom-field-edit"),
    path(f"{FIELD}usage/", custom_fields.CustomFieldRetire.as_view(), name="custom-field-retire"),
    path(f"{FIELD}deplacer/", custom_fields.CustomFieldMove.as_view(), name="custom-field-move"),
    path(f"{CPTS}colleges/", custom_fields.Colleges.as_view(), name="colleges"),
    path(f"{CPTS}colleges/ajouter/", custom_fields.CollegeAdd.as_view(), name="college-add"),
    path(f"{COLLEGE}renommer/", custom_fields.CollegeEdit.as_view(), name="college-edit"),
    path(f"{COLLEGE}supprimer/", custom_fields.CollegeDelete.as_view(), name="college-delete"),
    path(f"{COLLEGE}deplacer/", custom_fields.CollegeMove.as_view(), name="college-move"),
    re_path(
        r"^(?P<cpts_id>\d+)/suggestions/(?P<kind>communes|structures|personnes)/$",
        suggestions.Suggestions.as_view(),
        name="suggestions",
    ),
]
