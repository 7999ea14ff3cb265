from django.urls import path

from territories.views import composition, coverage, cpts, declared, import_files, imports, places, sheet

app_name = "territories"
urlpatterns = [
    # The map of things and its coverage.
    path("", places.France.as_view(), name="places"),
    path("regions/<str:region_code>/", places.RegionPage.as_view(), name="region"),
    path("departements/<str:department_code>/", places.DepartmentPage.as_view(), name="department"),
    path("epci/<str:epci_siren>/", places.EpciPage.as_view(), name="epci"),
    path("communes/", places.CommuneSearch.as_view(), name="communes"),
    path("communes/<int:commune_id>/", places.CommunePage.as_view(), name="commune"),
    path("couverture/", coverage.Coverage.as_view(), name="coverage"),
    path("couverture/communes-sans-cpts/", coverage.WhiteZones.as_view(), name="white-zones"),
    path("couverture/communes-partagees/", coverage.SharedCommunes.as_view(), name="shared-communes"),
    # Import of commune files.
    path("imports/", imports.ImportList.as_view(), name="import-list"),
    path("imports/nouveau/", imports.Upload.as_view(), name="import-upload"),
    path("imports/formats/", import_files.Formats.as_view(), name="import-formats"),
    path("imports/formats/<slug:layout>.csv", import_files.Template.as_view(), name="import-template"),
    path("imports/formats/<slug:layout>.json", import_files.Schema.as_view(), name="import-schema"),
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
    path("imports/<int:import_id>/refus.csv", import_files.Refusals.as_view(), name="import-refusals"),
    path("imports/<int:import_id>/fichier/", import_files.KeptFile.as_view(), name="import-file"),
    path("imports/<int:import_id>/annuler/", imports.Undo.as_view(), name="import-undo"),
    # CPTS: list, card, identity, declared figures, composition of the territory.
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
