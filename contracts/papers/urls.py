"""Addresses of the room `contracts.papers`."""

from django.urls import path

from contracts.papers.views import files, statements
from contracts.shared.addresses import CPTS, REVIEW

SUBMISSION = f"{REVIEW}depots/<int:submission_number>/"
DOCUMENT = f"{CPTS}documents/<int:pk>/"

urlpatterns = [
    path(f"{REVIEW}rediger/", statements.ReviewWrite.as_view(), name="review-write"),
    path(f"{REVIEW}pdf/", statements.ReviewPaper.as_view(), name="review-paper"),
    path(SUBMISSION, statements.ReviewSubmission.as_view(), name="review-submission"),
    path(f"{SUBMISSION}pdf/", statements.SubmissionPaper.as_view(), name="review-submission-paper"),
    path(f"{SUBMISSION}changements/", statements.ReviewChanges.as_view(), name="review-changes"),
    path(f"{REVIEW}documents/ajouter/", files.DocumentAdd.as_view(), name="review-documents"),
    path(DOCUMENT, files.DocumentDetail.as_view(), name="document-detail"),
    path(f"{DOCUMENT}fichier/", files.DocumentFile.as_view(), name="document-file"),
    path(f"{DOCUMENT}apercu/", files.DocumentPreview.as_view(), name="document-preview"),
    path(f"{DOCUMENT}retirer/", files.DocumentWithdraw.as_view(), name="document-withdraw"),
]
