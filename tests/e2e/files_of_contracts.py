"""The file of a CPTS, in each state a page shows, over the samples of the walk of every URL."""

from types import SimpleNamespace

from cpts_portal.accounts.models import User
from cpts_portal.core.scoping import everything
from territories.models import Cpts
from tests import contract_factories as make
from tests.e2e.year_of_work import YearOfWork
from tests.guards.contract_samples import CONTRACTS_KWARG, CONTRACTS_PK, make_contracts

TEXTS = {"territory": "Deux vallées.", "diagnosis": "Trois médecins partent.", "actors": "Vingt soignants."}


def fill_files(cpts: Cpts, by: User) -> YearOfWork:
    with everything("test data"):
        side = make_contracts(cpts, by)
        known = SimpleNamespace(contracts=side)
        return YearOfWork(
            choices={argument: [value(known)] for argument, value in CONTRACTS_KWARG.items()},
            by_word={
                **{word: [getattr(side, field).pk] for word, field in CONTRACTS_PK.items()},
                "review": [side.review.pk, *reviews_in_each_state(cpts)],
            },
        )


def reviews_in_each_state(cpts: Cpts) -> list[int]:
    content = {"sections": TEXTS}
    project = make.review(cpts, "project", "returned", content=content, fund_agreed_at=make.NOON, fund_number=1)
    make.comment(project, kind="question", agency=cpts.ars, anchor="section:diagnosis")
    opposed = make.review(cpts, "letter", "opposed", content=content, decision_reason="Territoire déjà couvert.")
    return [project.pk, opposed.pk]
