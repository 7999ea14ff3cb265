"""The yearly review: opened, submitted, decided line by line, closed."""
