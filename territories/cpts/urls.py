"""Addresses of the room `territories.cpts`."""

from django.urls import path

from territories.cpts.views import composition, cpts, declared, sheet

urlpatterns = [
    path("cpts/", cpts.CptsList.as_view(), name="cpts-list"),
    path("cpts/nouvelle/", cpts.CptsCreate.as_view(), name="cpts-create"),
    path("cpts/<int:cpts_id>/", cpts.CptsDetail.as_view(), name="cpts-detail"),
    path("cpts/<int:cpts_id>/modifier/", cpts.CptsEdit.as_view(), name="cpts-edit"),
    path("cpts/<int:cpts_id>/fiche-territoire.pdf", sheet.TerritorySheet.as_view(), name="cpts-sheet"),
    path("cpts/<int:cpts_id>/territoire/", composition.CptsCompose.as_view(), name="cpts-compose"),
    path("cpts/<int:cpts_id>/territoire/abandonner/", composition.CptsAbandon.as_view(), name="cpts-abandon"),
    path("cpts/<int:cpts_id>/chiffres-declares/ajouter/", declared.DeclaredAdd.as_view(), name="cpts-declared"),
    path(
        "cpts/<int:cpts_id>/chiffres-declares/<int:figures_id>/",
        declared.DeclaredEdit.as_view(),
        name="cpts-declared-edit",
    ),
    path(
        "cpts/<int:cpts_id>/chiffres-declares/<int:figures_id>/retirer/",
        declared.DeclaredDelete.as_view(),
        name="cpts-declared-delete",
    ),
]
