"""What the register says in figures, for the CPTS and for its agencies."""
