"""The cards of persons and structures: registered, corrected, compared, merged."""
