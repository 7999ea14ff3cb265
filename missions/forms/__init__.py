"""Forms of the missions app, one module per room."""
