"""Beginnings of the addresses that several rooms share."""

CPTS = "<int:cpts_id>/"
REVIEW = f"{CPTS}dossiers/<int:pk>/"
