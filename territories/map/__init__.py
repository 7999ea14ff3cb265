"""The map of France: places, populations by vintage, size classes, coverage by the CPTS."""
