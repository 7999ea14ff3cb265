"""Documents joined to the reviews of a CPTS."""

from django.urls import path

from contracts.urls.reviews import CPTS, REVIEW
from contracts.views import documents

DOCUMENT = f"{CPTS}documents/<int:pk>/"

urlpatterns = [
    path(f"{REVIEW}documents/ajouter/", documents.DocumentAdd.as_view(), name="review-documents"),
    path(DOCUMENT, documents.DocumentDetail.as_view(), name="document-detail"),
    path(f"{DOCUMENT}fichier/", documents.DocumentFile.as_view(), name="document-file"),
    path(f"{DOCUMENT}apercu/", documents.DocumentPreview.as_view(), name="document-preview"),
    path(f"{DOCUMENT}retirer/", documents.DocumentWithdraw.as_view(), name="document-withdraw"),
]
