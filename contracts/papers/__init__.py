"""What is written and joined: letters, health projects, corrections, documents and their slots."""
