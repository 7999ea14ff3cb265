"""Groups, meetings, invitations, attendance, minutes, participation."""
