"""The CPTS: registered, described, composed commune by commune, printed."""
