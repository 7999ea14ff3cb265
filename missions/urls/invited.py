"""What somebody invited to a meeting opens without an account: her answer, and her check-in in the room."""

from typing import Any

app_name = "invited"
urlpatterns: list[Any] = []
