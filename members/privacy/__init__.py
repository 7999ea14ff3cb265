"""Personal data: retention, erasure, the file given to a person."""
