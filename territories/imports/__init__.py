"""The screens and jobs around an import of communes: deposit, preview, confirmation, report, undo."""
