"""What every room of the contracts reads: the parties, the journal, the visas, where a review stands."""
