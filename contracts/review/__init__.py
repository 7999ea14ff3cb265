"""The life of a file: its table of moves, its clock, the inbox, the page of a review."""
