"""What the missions show on the cards of the members, and what follows a merger of two records."""
