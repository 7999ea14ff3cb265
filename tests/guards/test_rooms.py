"""One partition of each app: the rooms of its code are those of its tests and of its templates."""

from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("territories", "members", "missions", "contracts")
NOT_ROOMS = {"admin", "models", "migrations", "management", "templatetags", "data", "__pycache__"}
# Rooms without a page or without a test of their own, each with its reason.
WITHOUT_PAGES = {
    "territories.perimeter": "the screens of a territory are those of its CPTS",
    "missions.shared": "addresses and fields only",
    "territories.commune_import": "the screens of an import of communes are in imports",
}
WITHOUT_TESTS = {"missions.shared": "addresses and fields: the pages of the other rooms try them"}


def folders(place: Path) -> set[str]:
    return {each.name for each in place.iterdir() if each.is_dir() and any(each.rglob("*.*"))} - NOT_ROOMS


@pytest.mark.parametrize("app", APPS)
def test_tests_are_cut_by_the_same_rooms(app):
    rooms = folders(ROOT / app)
    assert len(rooms) > 3
    assert rooms - folders(ROOT / "tests" / app) == {
        each.split(".")[1] for each in WITHOUT_TESTS if each.startswith(app)
    }
    assert folders(ROOT / "tests" / app) - rooms == set()


@pytest.mark.parametrize("app", APPS)
def test_templates_are_cut_by_the_same_rooms(app):
    rooms = folders(ROOT / app)
    assert rooms - folders(ROOT / "templates" / app) == {
        each.split(".")[1] for each in WITHOUT_PAGES if each.startswith(app)
    }
    assert folders(ROOT / "templates" / app) - rooms == set()


@pytest.mark.parametrize("app", APPS)
def test_each_room_has_its_own_addresses(app):
    """A room with pages holds its `urls.py`; nothing but the list of rooms stands in the app's own."""
    rooms = folders(ROOT / app)
    with_pages = {room for room in rooms if list((ROOT / app / room).glob("views*"))}
    assert {room for room in rooms if (ROOT / app / room / "urls.py").exists()} == with_pages
    assert "path(" not in (ROOT / app / "urls.py").read_text(encoding="utf-8")
