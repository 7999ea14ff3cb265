"""Screens of the contracts app, one module per room."""
