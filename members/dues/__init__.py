"""Dues: campaigns, payments, exemptions, calls and reminders, certificates and receipts."""
