"""Addresses of the room `territories.imports`."""

from django.urls import path

from territories.imports.views import files, imports

urlpatterns = [
    path("imports/", imports.ImportList.as_view(), name="import-list"),
    path("imports/nouveau/", imports.Upload.as_view(), name="import-upload"),
    path("imports/formats/", files.Formats.as_view(), name="import-formats"),
    path("imports/formats/<slug:layout>.csv", files.Template.as_view(), name="import-template"),
    path("imports/formats/<slug:layout>.json", files.Schema.as_view(), name="import-schema"),
    path("imports/<int:import_id>/", imports.ImportPreview.as_view(), name="import-detail"),
    path("imports/<int:import_id>/confirmer/", imports.ImportConfirm.as_view(), name="import-confirm"),
    path("imports/<int:import_id>/successeurs/", imports.Successors.as_view(), name="import-successors"),
    path(
        "imports/<int:import_id>/successeurs/effacer/",
        imports.ForgetSuccessors.as_view(),
        name="import-forget-successors",
    ),
    path("imports/<int:import_id>/abandonner/", imports.ImportAbandon.as_view(), name="import-abandon"),
    path("imports/<int:import_id>/progression/", imports.ImportProgress.as_view(), name="import-progress"),
    path("imports/<int:import_id>/reprendre/", imports.ImportResume.as_view(), name="import-resume"),
    path("imports/<int:import_id>/compte-rendu/", imports.ImportReport.as_view(), name="import-report"),
    path("imports/<int:import_id>/refus.csv", files.Refusals.as_view(), name="import-refusals"),
    path("imports/<int:import_id>/fichier/", files.ImportFile.as_view(), name="import-file"),
    path("imports/<int:import_id>/annuler/", imports.ImportUndo.as_view(), name="import-undo"),
]
