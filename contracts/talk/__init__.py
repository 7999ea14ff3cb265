"""What the parties say to each other: comments, messages, digests, agents in charge, visits."""
