"""What each address answers to each person: the exceptions, each with its reason, and what makes an answer wrong."""

from django.http import HttpResponse

from cpts_portal.accounts.roles import Role
from tests.guards.url_walk import ANYBODY, LOGGED_IN, Address, lets_in

ANONYMOUS, WITHOUT_ACCESS = "anonymous", "without access"
WHO = (*Role, ANONYMOUS, WITHOUT_ACCESS)

# Tables of the register that the admin shows and the pages write: duplicates, decisions and receipts have their rules.
WRITTEN_ON_THEIR_PAGES = (
    *("professional", "structure", "contact", "practice", "membership", "savedfilter"),
    *("duescampaign", "duesrate", "due", "payment", "membershipsettings", "refusedlink"),
    *("application", "letterbatch", "registerimport", "columnmapping", "personaldataexport", "notduplicate"),
    *("mandate", "customfield"),
)
TAKEN_AWAY_ON_THEIR_PAGES = ("contact", "practice", "duesrate")
EXPORTED_FROM_THE_PAGES = (
    *("professional", "structure", "contact", "practice", "membership", "mandate", "due", "payment", "application"),
    *("letterbatch", "registerimport", "savedfilter", "personaldataexport", "refusedlink"),
    *("directoryentry", "directorypractice", "directoryimport", "directorymove"),
)
# Missions, meetings and payments: everything but the reference data follows rules of its pages.
READ_IN_THE_ADMIN_OF_MISSIONS = [
    *("exercise", "cptsmission", "action", "deliverable", "budgetline", "indicator", "expectedproof", "target"),
    *("step", "resultenvelope", "result", "proof", "group", "groupmember", "meetingseries", "meeting", "decision"),
    *("task", "attendance", "attendancecorrection", "paysettings", "payrate", "paycap", "payline", "paybatch"),
    *("bankaccount", "userrecord", "ceilingaccount"),
]
READ_IN_THE_ADMIN_OF_CONTRACTS = [
    *("review", "submission", "contract", "contractversion", "contractyear", "yearline", "lineverdict", "closing"),
    *("fundpayment", "otherresource", "exchange", "journalentry", "comment", "document", "assignment", "visit"),
]
# Rows about persons and money leave by the exports of their pages only, which write down who took what.
NOT_EXPORTED_FROM_THE_ADMIN_OF_MISSIONS = [
    *("groupmember", "task", "attendance", "attendancecorrection", "paysettings", "paycap", "payline"),
    *("bankaccount", "userrecord", "ceilingaccount", "proof"),
]
# The admin refuses more than the table here: the reason is in the docstring of each ModelAdmin.
STRICTER_ADMIN = {
    ("accounts.invitation", "add"),
    ("accounts.viewingas", "add"),
    ("territories.cptscommune", "add"),
    *((f"members.{model}", "add") for model in WRITTEN_ON_THEIR_PAGES),
    *((f"members.{model}", "delete") for model in TAKEN_AWAY_ON_THEIR_PAGES),
    *((f"missions.{model}", action) for model in READ_IN_THE_ADMIN_OF_MISSIONS for action in ("add", "delete")),
    *((f"contracts.{model}", action) for model in READ_IN_THE_ADMIN_OF_CONTRACTS for action in ("add", "delete")),
}
# Pages of the admin closed to everybody, although the table lets these roles do it elsewhere.
CLOSED_IN_ADMIN = {
    *(f"admin:members_{model}_export" for model in EXPORTED_FROM_THE_PAGES),
    *(f"admin:members_{model}_delete" for model in TAKEN_AWAY_ON_THEIR_PAGES),
    *(f"admin:missions_{model}_export" for model in NOT_EXPORTED_FROM_THE_ADMIN_OF_MISSIONS),
}
# A GET that answers « not found » to a role it lets in, and why.
MAY_BE_ABSENT = {
    "admin:": "the catch-all of the admin",
    "admin:view_on_site": "only for models that have a page",
    "mfa_deactivate_totp": "nobody has an authenticator in this world",
    "mfa_remove_webauthn": "nobody has a key in this world",
    "mfa_edit_webauthn": "nobody has a key in this world",
    "mfa_download_recovery_codes": "nobody has codes in this world",
    "mfa_view_recovery_codes": "nobody has codes in this world",
    "missions:proof-file": "the proof of this world is a link",
    "contracts:open": "the CPTS of this world has its contract: no earlier step opens",
    "contracts:version-terms": "the version of this world is sealed",
    "contracts:document-file": "the document of this world kept no file",
    "contracts:document-preview": "the document of this world kept no file",
    "territories:import-file": "the import of this world kept no file",
    "members:spreadsheet-mapping": "the import of this world kept no file",
    "members:spreadsheet-file": "the import of this world kept no file",
    "members:spreadsheet-refused": "the import of this world has no preview",
    "members:saved-filter-delete": "the search of this world is its owner's own",
    "admin:members_savedfilter_change": "the search of this world is its owner's own",
    "admin:members_savedfilter_history": "the search of this world is its owner's own",
    "admin:members_savedfilter_delete": "the search of this world is its owner's own",
    "admin:members_savedfilter_": "the search of this world is its owner's own",
    "home:gallery": "only with DEBUG",
    "home:gallery-page": "only with DEBUG",
}
# Pages that refuse for another reason than the role (the admin's autocomplete wants to know its field).
MAY_REFUSE = {"admin:autocomplete", "admin:app_list"}


def is_login(response: HttpResponse) -> bool:
    target = response.headers.get("Location", "")
    return response.status_code == 302 and ("/connexion/" in target or "/gestion/login/" in target)


def wrong_answer(response: HttpResponse, address: Address, who: Role | str, method: str) -> str:
    """What is wrong with this answer; empty when it is what was declared."""
    status = response.status_code
    if status >= 500:
        return f"{status} {_cause(response)}".strip()
    if who == ANONYMOUS:
        return "" if address.allowed == ANYBODY or is_login(response) else f"{status} instead of the login page"
    if who == WITHOUT_ACCESS:
        closed = address.allowed not in (ANYBODY, LOGGED_IN)
        is_closed = status == 403 or (address.is_admin and is_login(response))
        return f"{status} although this person has no access" if closed and not is_closed else ""
    if not lets_in(address.allowed, who):
        wrong_verb = status == 405 and address.is_admin  # the admin looks at the verb before the role
        return "" if status == 403 or wrong_verb else f"{status} instead of 403"
    return _wrong_for_the_allowed(response, address, method)


def _cause(response: HttpResponse) -> str:
    error = (getattr(response, "exc_info", None) or (None, None))[1]
    return f"{type(error).__name__}: {error}"[:200] if error else ""


def _wrong_for_the_allowed(response: HttpResponse, address: Address, method: str) -> str:
    status = response.status_code
    if method == "get" and status == 403 and address.name not in MAY_REFUSE:
        closed = address.admin_model_and_action in STRICTER_ADMIN or address.name in CLOSED_IN_ADMIN
        return "" if closed else "403 although declared"
    if method == "get" and status == 404 and address.name not in MAY_BE_ABSENT and address.name not in MAY_REFUSE:
        return "404 although the object is there"
    if is_login(response) and not address.name.startswith(("account_", "mfa_", "admin:log")):
        return "login page although logged in"
    return ""


def none_of(problems: list[str]) -> None:
    assert not problems, "\n".join([f"{len(problems)} problems:", *problems])
