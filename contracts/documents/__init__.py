"""Documents of the contracts app, as plain contexts for the PDF renderer."""
