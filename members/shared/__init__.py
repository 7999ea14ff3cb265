"""What every room of the members reads: nomenclatures, known records, panels of the cards, log of exports."""
