"""Addresses of the app: each room has its own; what concerns one CPTS stands under its number."""

from contracts.deal import urls as deal
from contracts.money import urls as money
from contracts.papers import urls as papers
from contracts.review import urls as review
from contracts.shared import urls as shared
from contracts.talk import urls as talk
from contracts.terms import urls as terms
from contracts.yearly import urls as yearly

app_name = "contracts"
urlpatterns = [
    *review.urlpatterns,
    *papers.urlpatterns,
    *deal.urlpatterns,
    *terms.urlpatterns,
    *money.urlpatterns,
    *talk.urlpatterns,
    *shared.urlpatterns,
    *yearly.urlpatterns,
]
