"""Addresses of the room `contracts.talk`."""

from django.urls import path

from contracts.shared.addresses import REVIEW
from contracts.talk import views

COMMENT = f"{REVIEW}commentaires/<int:comment_id>/"

urlpatterns = [
    path("messages/", views.MailChoicePage.as_view(), name="mail-choice"),
    path(f"{REVIEW}confier/", views.ReviewAssign.as_view(), name="review-assign"),
    path(f"{REVIEW}commentaires/", views.WriteComment.as_view(), name="review-comment"),
    path(f"{COMMENT}repondre/", views.AnswerComment.as_view(), name="review-answer"),
    path(f"{COMMENT}regler/", views.SettleComment.as_view(), name="review-settle"),
]
