"""Beginnings of the addresses that several rooms share."""

CPTS = "<int:cpts_id>/"
