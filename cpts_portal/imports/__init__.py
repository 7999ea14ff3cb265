"""One machine for every import of a file: what happens to the file between its deposit and its report.

`importer.Importer` is what one kind of import knows (read a file, write a plan, undo it); `models.ImportRun` the row
that follows a file; `lifecycle` the table of its states; `runs` what people do with it; `tasks` the work outside the
request; `pages` its screens; `carried` an import small enough to be kept in its own preview. How to write a new one:
docs/importers.md.
"""
