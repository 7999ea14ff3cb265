"""Roles of the portal and what each is attached to."""

from django.db import models


class Role(models.TextChoices):
    COORDINATOR = "coordinator", "Coordination de CPTS"
    BOARD = "board", "Bureau de CPTS"
    ARS_AGENT = "ars_agent", "Agent d’ARS"
    FUND_AGENT = "fund_agent", "Agent de CPAM ou CGSS"
    OBSERVER = "observer", "Observation nationale"
    ADMINISTRATOR = "administrator", "Administration du portail"


CPTS_ROLES = frozenset({Role.COORDINATOR, Role.BOARD})
AGENCY_ROLES = frozenset({Role.ARS_AGENT, Role.FUND_AGENT})
NATIONAL_ROLES = frozenset({Role.OBSERVER, Role.ADMINISTRATOR})
EVERY_ROLE = frozenset(Role)
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
NOBODY: frozenset[Role] = frozenset()
