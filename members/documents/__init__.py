"""Documents of the members app: each module builds a plain context, tested without PDF."""
