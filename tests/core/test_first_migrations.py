"""The first migrations of the apps say what the ones they replace said, and leave databases under way to these."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState, ProjectState
from django.db.migrations.writer import MigrationWriter

from cpts_portal.core.tables import CreateModels

APPS = {"territories", "members", "missions", "contracts"}


@pytest.fixture(scope="module")
def one_by_one() -> MigrationLoader:
    """Every migration that was ever written, none replaced."""
    return MigrationLoader(None, replace_migrations=False)


def firsts(loader: MigrationLoader) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """The first migration of each app, with what it replaces, in the order in which it was applied."""
    replacing = {key: set(each.replaces) for key, each in loader.disk_migrations.items() if each.replaces}
    mine = {key: names for key, names in replacing.items() if key[0] in APPS}
    return {key: [old for old in plan(loader, max(names)) if old in names] for key, names in mine.items()}


def plan(loader: MigrationLoader, *targets: tuple[str, str]) -> list[tuple[str, str]]:
    steps: dict[tuple[str, str], None] = {}
    for target in targets:
        steps |= dict.fromkeys(loader.graph.forwards_plan(target))
    return list(steps)


def models(state: ProjectState, app: str) -> dict[str, str]:
    """The models of an app as a migration would write them, columns in their order."""
    return {name: written(model) for (label, name), model in state.models.items() if label == app}


def written(model: ModelState) -> str:
    options = {name: value for name, value in sorted(model.options.items()) if value}
    return MigrationWriter.serialize([list(model.fields.items()), options, model.bases, model.managers])[0]


def test_each_app_states_the_same_models_as_its_migrations_one_by_one(one_by_one: MigrationLoader) -> None:
    replaced = firsts(one_by_one)
    assert {app for app, _name in replaced} == APPS
    new = MigrationLoader(None).project_state(list(replaced))
    old = one_by_one.project_state([names[-1] for names in replaced.values()])
    for app in APPS:
        assert models(new, app) == models(old, app)


@pytest.mark.django_db
def test_a_database_stopped_anywhere_finishes_by_the_migrations_it_began(one_by_one: MigrationLoader) -> None:
    replaced = firsts(one_by_one)
    every = [step for step in plan(one_by_one, *one_by_one.graph.leaf_nodes()) if step not in replaced]
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.all().delete()
    for rank, step in enumerate([None, *every]):
        if step:
            recorder.record_applied(*step)
        executor = MigrationExecutor(connection)
        executor.loader.check_consistent_history(connection)
        left = [each for each, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
        keys = [(each.app_label, each.name) for each in left]
        names = [name for key in keys for name in replaced.get(key, [key])]
        assert sorted(names) == sorted(every[rank:]), step


def test_models_that_point_to_each_other_are_created_at_once(one_by_one: MigrationLoader) -> None:
    key = next(key for key in firsts(one_by_one) if key[0] == "contracts")
    [tables, *_] = one_by_one.disk_migrations[key].operations
    assert isinstance(tables, CreateModels)
    state = MigrationLoader(None).project_state([key])
    assert {each.name_lower for each in tables.models} == set(models(state, "contracts"))
