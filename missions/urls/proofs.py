from typing import Any

CPTS = "<int:cpts_id>/"

urlpatterns: list[Any] = []
