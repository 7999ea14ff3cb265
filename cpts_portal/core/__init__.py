"""Mechanics without business tables: scope, history, periods, exports, PDF, e-mails, tasks."""
