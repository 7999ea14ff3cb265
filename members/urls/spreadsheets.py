"""Addresses of the members app: see `members/urls/__init__.py`."""

from django.urls import URLPattern, path

from members.views import spreadsheet_choices as choices
from members.views import spreadsheets as pages

BASE = "<int:cpts_id>/imports/"
ONE = f"{BASE}<int:pk>/"

urlpatterns: list[URLPattern] = [
    path(BASE, pages.SpreadsheetList.as_view(), name="spreadsheet-list"),
    path(f"{BASE}nouveau/", pages.SpreadsheetUpload.as_view(), name="spreadsheet-upload"),
    path(f"{BASE}exemple/", pages.Example.as_view(), name="spreadsheet-example"),
    path(ONE, pages.Preview.as_view(), name="spreadsheet-detail"),
    path(f"{ONE}colonnes/", pages.Mapping.as_view(), name="spreadsheet-mapping"),
    path(f"{ONE}corriger/", choices.Correct.as_view(), name="spreadsheet-correct"),
    path(f"{ONE}doublons/", choices.Decide.as_view(), name="spreadsheet-decide"),
    path(f"{ONE}reprendre-lignes/", choices.TakeBack.as_view(), name="spreadsheet-take-back"),
    path(f"{ONE}lignes-corrigees/", choices.Resubmit.as_view(), name="spreadsheet-resubmit"),
    path(f"{ONE}lignes-refusees.<str:file_format>", choices.RefusedFile.as_view(), name="spreadsheet-refused"),
    path(f"{ONE}confirmer/", pages.Confirm.as_view(), name="spreadsheet-confirm"),
    path(f"{ONE}progression/", pages.ProgressPage.as_view(), name="spreadsheet-progress"),
    path(f"{ONE}reprendre/", pages.Resume.as_view(), name="spreadsheet-resume"),
    path(f"{ONE}compte-rendu/", pages.Report.as_view(), name="spreadsheet-report"),
    path(f"{ONE}fichier/", pages.KeptFile.as_view(), name="spreadsheet-file"),
    path(f"{ONE}annuler/", pages.Undo.as_view(), name="spreadsheet-undo"),
    path(f"{ONE}abandonner/", pages.Abandon.as_view(), name="spreadsheet-abandon"),
]
