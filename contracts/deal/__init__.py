"""The contract itself: negotiated, amended, signed, printed, recorded as it stands, renewed, ended."""
