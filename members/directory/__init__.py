"""The national directories (RPPS, FINESS): imported, linked to the register, followed."""
