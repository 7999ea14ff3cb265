"""Indemnities: declared, checked, approved, paid in batches, held under the yearly ceiling."""
