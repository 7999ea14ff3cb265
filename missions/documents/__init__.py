"""Documents of the missions app: each builds a plain context, tested without PDF."""
