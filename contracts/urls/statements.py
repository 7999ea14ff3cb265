"""Letters of intent and health projects: writing, submissions, differences, papers."""

from django.urls import path

from contracts.urls.reviews import REVIEW
from contracts.views import statements

SUBMISSION = f"{REVIEW}depots/<int:submission_number>/"

urlpatterns = [
    path(f"{REVIEW}rediger/", statements.ReviewWrite.as_view(), name="review-write"),
    path(f"{REVIEW}pdf/", statements.ReviewPaper.as_view(), name="review-paper"),
    path(SUBMISSION, statements.ReviewSubmission.as_view(), name="review-submission"),
    path(f"{SUBMISSION}pdf/", statements.SubmissionPaper.as_view(), name="review-submission-paper"),
    path(f"{SUBMISSION}changements/", statements.ReviewChanges.as_view(), name="review-changes"),
]
