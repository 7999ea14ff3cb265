"""Addresses of the room `members.membership`."""

from django.urls import path, re_path

from members.membership.views import adhesions, custom_fields, organisation
from members.shared.addresses import CPTS

FIELD = f"{CPTS}champs-libres/<int:pk>/"
COLLEGE = f"{CPTS}colleges/<int:pk>/"

urlpatterns = [
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
    path(f"{CPTS}adhesions/<int:membership_id>/depart/", adhesions.Leave.as_view(), name="membership-leave"),
    path(f"{CPTS}adhesions/<int:membership_id>/annuler-depart/", adhesions.ComeBack.as_view(), name="membership-back"),
    re_path(
        r"^(?P<cpts_id>\d+)/(?P<holder>personnes|structures)/(?P<holder_id>\d+)/adhesion/$",
        adhesions.Enrol.as_view(),
        name="membership-enrol",
    ),
]
