"""Addresses of the room `contracts.review`."""

from django.urls import path

from contracts.review import views
from contracts.shared.addresses import CPTS, REVIEW

urlpatterns = [
    path(CPTS, views.ContractFile.as_view(), name="file"),
    path(f"{CPTS}ouvrir/<slug:opening_kind>/", views.OpenReview.as_view(), name="open"),
    path(REVIEW, views.ReviewDetail.as_view(), name="review-detail"),
    path(f"{REVIEW}etape/<slug:move>/", views.ReviewMove.as_view(), name="review-move"),
    path("a-traiter/", views.Inbox.as_view(), name="inbox"),
]
