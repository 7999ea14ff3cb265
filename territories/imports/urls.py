"""Addresses of the room `territories.imports`."""

from django.urls import path

from territories.imports.views import files, imports

urlpatterns = [
    path("imports/", imports.ImportList.as_view(), name="import-list"),
    path("imports/nouveau/", imports.Upload.as_view(), name="import-upload"),
    path("imports/formats/", files.Formats.as_view(), name="import-formats"),
    path("imports/formats/<slug:layout>.csv", files.Template.as_view(), name="import-template"),
    path("imports/formats/<slug:layout>.json", files.Schema.as_view(), name="import-schema"),
    path("imports/<int:import_id>/", imports.Preview.as_view(), name="import-detail"),
    path("imports/<int:import_id>/confirmer/", imports.Confirm.as_view(), name="import-confirm"),
    path("imports/<int:import_id>/successeurs/", imports.Successors.as_view(), name="import-successors"),
    path(
        "imports/<int:import_id>/successeurs/effacer/",
        imports.ForgetSuccessors.as_view(),
        name="import-forget-successors",
    ),
    path("imports/<int:import_id>/abandonner/", imports.Abandon.as_view(), name="import-abandon"),
    path("imports/<int:import_id>/progression/", imports.ProgressPage.as_view(), name="import-progress"),
    path("imports/<int:import_id>/reprendre/", imports.Resume.as_view(), name="import-resume"),
    path("imports/<int:import_id>/compte-rendu/", imports.Report.as_view(), name="import-report"),
    path("imports/<int:import_id>/refus.csv", files.Refusals.as_view(), name="import-refusals"),
    path("imports/<int:import_id>/fichier/", files.KeptFile.as_view(), name="import-file"),
    path("imports/<int:import_id>/annuler/", imports.Undo.as_view(), name="import-undo"),
]
