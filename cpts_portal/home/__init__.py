"""What belongs to several apps: dashboards, search, public pages, demonstration data."""
