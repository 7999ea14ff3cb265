"""What a year must reach: indicators, targets, results, proofs, and what a result earns."""
