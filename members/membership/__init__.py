"""Who belongs and who leads: memberships, mandates, colleges, free fields, consent."""
