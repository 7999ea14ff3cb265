"""The inbox, the agent in charge, comments, the journal, how to be told."""

from django.urls import path

from contracts.urls.reviews import CPTS, REVIEW
from contracts.views import comments, inbox, journal, preferences

COMMENT = f"{REVIEW}commentaires/<int:comment_id>/"

urlpatterns = [
    path("a-traiter/", inbox.Inbox.as_view(), name="inbox"),
    path("messages/", preferences.MailChoicePage.as_view(), name="mail-choice"),
    path(f"{CPTS}journal/", journal.Journal.as_view(), name="journal"),
    path(f"{REVIEW}confier/", inbox.ReviewAssign.as_view(), name="review-assign"),
    path(f"{REVIEW}commentaires/", comments.WriteComment.as_view(), name="review-comment"),
    path(f"{COMMENT}repondre/", comments.AnswerComment.as_view(), name="review-answer"),
    path(f"{COMMENT}regler/", comments.SettleComment.as_view(), name="review-settle"),
]
