"""Addresses of the room `members.register_import`."""

from django.urls import path

from members.register_import import choices, views

BASE = "<int:cpts_id>/imports/"
ONE = f"{BASE}<int:pk>/"

urlpatterns = [
    path(BASE, views.SpreadsheetList.as_view(), name="spreadsheet-list"),
    path(f"{BASE}nouveau/", views.SpreadsheetUpload.as_view(), name="spreadsheet-upload"),
    path(f"{BASE}exemple/", views.Example.as_view(), name="spreadsheet-example"),
    path(ONE, views.Preview.as_view(), name="spreadsheet-detail"),
    path(f"{ONE}colonnes/", views.Mapping.as_view(), name="spreadsheet-mapping"),
    path(f"{ONE}corriger/", choices.Correct.as_view(), name="spreadsheet-correct"),
    path(f"{ONE}doublons/", choices.Decide.as_view(), name="spreadsheet-decide"),
    path(f"{ONE}reprendre-lignes/", choices.TakeBack.as_view(), name="spreadsheet-take-back"),
    path(f"{ONE}lignes-corrigees/", choices.Resubmit.as_view(), name="spreadsheet-resubmit"),
    path(f"{ONE}lignes-refusees.<str:file_format>", choices.RefusedFile.as_view(), name="spreadsheet-refused"),
    path(f"{ONE}confirmer/", views.Confirm.as_view(), name="spreadsheet-confirm"),
    path(f"{ONE}progression/", views.ProgressPage.as_view(), name="spreadsheet-progress"),
    path(f"{ONE}reprendre/", views.Resume.as_view(), name="spreadsheet-resume"),
    path(f"{ONE}compte-rendu/", views.Report.as_view(), name="spreadsheet-report"),
    path(f"{ONE}fichier/", views.KeptFile.as_view(), name="spreadsheet-file"),
    path(f"{ONE}annuler/", views.Undo.as_view(), name="spreadsheet-undo"),
    path(f"{ONE}abandonner/", views.Abandon.as_view(), name="spreadsheet-abandon"),
]
