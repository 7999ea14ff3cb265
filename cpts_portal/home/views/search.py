"""Global search page."""

from typing import Any

from cpts_portal.accounts.permissions import may
from cpts_portal.accounts.roles import EVERY_ROLE
from cpts_portal.home.search import MAX_LENGTH, registers_read_by, search
from cpts_portal.pages import Page
from territories.map.directory import words_of


class Search(Page):
    template_name = "home/search.html"
    roles = EVERY_ROLE
    title = "Recherche"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        text = self.request.GET.get("q", "").strip()
        groups = search(text, self.actor) if text else []
        return super().get_context_data(
            q=text,
            groups=groups,
            count=sum(len(group.results) for group in groups),
            is_unreadable=bool(text) and not words_of(text[:MAX_LENGTH]),
            is_administrator=may(self.actor, "view", "accounts.user"),
            reads_register=bool(registers_read_by(self.actor, "members.professional")),
            is_too_long=len(text) > MAX_LENGTH,
            **kwargs,
        )
