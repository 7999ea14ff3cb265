"""Addresses of the room `members.register_import`."""

from django.urls import path

from members.register_import import choices, views

BASE = "<int:cpts_id>/imports/"
ONE = f"{BASE}<int:pk>/"

urlpatterns = [
    path(BASE, views.SpreadsheetList.as_view(), name="spreadsheet-list"),
    path(f"{BASE}nouveau/", views.SpreadsheetUpload.as_view(), name="spreadsheet-upload"),
    path(f"{BASE}exemple/", views.Example.as_view(), name="spreadsheet-example"),
    path(ONE, views.SpreadsheetPreview.as_view(), name="spreadsheet-detail"),
    path(f"{ONE}colonnes/", views.Mapping.as_view(), name="spreadsheet-mapping"),
    path(f"{ONE}corriger/", choices.Correct.as_view(), name="spreadsheet-correct"),
    path(f"{ONE}doublons/", choices.Decide.as_view(), name="spreadsheet-decide"),
    path(f"{ONE}reprendre-lignes/", choices.TakeBack.as_view(), name="spreadsheet-take-back"),
    path(f"{ONE}lignes-corrigees/", choices.Resubmit.as_view(), name="spreadsheet-resubmit"),
    path(f"{ONE}lignes-refusees.<str:file_format>", choices.RefusedFile.as_view(), name="spreadsheet-refused"),
    path(f"{ONE}confirmer/", views.SpreadsheetConfirm.as_view(), name="spreadsheet-confirm"),
    path(f"{ONE}progression/", views.SpreadsheetProgress.as_view(), name="spreadsheet-progress"),
    path(f"{ONE}reprendre/", views.SpreadsheetResume.as_view(), name="spreadsheet-resume"),
    path(f"{ONE}compte-rendu/", views.SpreadsheetReport.as_view(), name="spreadsheet-report"),
    path(f"{ONE}fichier/", views.SpreadsheetFile.as_view(), name="spreadsheet-file"),
    path(f"{ONE}annuler/", views.SpreadsheetUndo.as_view(), name="spreadsheet-undo"),
    path(f"{ONE}abandonner/", views.SpreadsheetAbandon.as_view(), name="spreadsheet-abandon"),
]
