"""A coordinator's own spreadsheet into her register: columns, preview, corrections, one transaction, undo.

`preparing.prepare` says what a file would do, `drafts.apply_now` does it, `drafts.undo_import` takes it back; the
preview is the very plan that is written, as long as nothing has moved when the lock is held (`previews`).
"""
