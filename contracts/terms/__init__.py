"""What is agreed: the frozen terms of a contract, their comparison, and the grid of rates they start from."""
