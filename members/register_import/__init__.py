"""A coordinator's own spreadsheet into her register: columns, preview, corrections, one transaction, undo.

`preparing.prepare` says what a file would do, `drafts.apply_now` does it, `undoing.undo_import` takes it back; the
preview is the very plan that the import builds again under a lock.
"""
