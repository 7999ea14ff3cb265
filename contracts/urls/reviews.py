"""The file of a CPTS and the reviews in it."""

from django.urls import path

from contracts.views import reviews

CPTS = "<int:cpts_id>/"
REVIEW = f"{CPTS}dossiers/<int:pk>/"

urlpatterns = [
    path(CPTS, reviews.ContractFile.as_view(), name="file"),
    path(f"{CPTS}ouvrir/<slug:opening_kind>/", reviews.OpenReview.as_view(), name="open"),
    path(REVIEW, reviews.ReviewDetail.as_view(), name="review-detail"),
    path(f"{REVIEW}etape/<slug:move>/", reviews.ReviewMove.as_view(), name="review-move"),
]
