"""What a CPTS takes on: missions and their delays, actions with their budget, contract years."""
