"""The contract as a document: the text and its four annexes (territory, missions, indicators, funding).

Before the seal it is a draft and says so across each page; at the third signature it is made once and kept.
"""

from itertools import groupby
from typing import Any

from django.utils.text import slugify

from contracts.deal.contracting import terms_of_version
from contracts.models import ContractVersion, Party, ReviewStatus
from contracts.terms.drafting import unknown_amounts
from contracts.terms.terms import Terms
from cpts_portal.core.pdf import html_of, pdf_of

TEMPLATE = "pdf/contract.html"
DRAFT, TAKEN_OVER = "Projet", "Termes repris"
SIGNATORIES = {
    Party.CPTS: "La présidente ou le président de la CPTS",
    Party.FUND: "La directrice ou le directeur de la caisse",
    Party.ARS: "La directrice générale ou le directeur général de l’ARS, ou par délégation",
}


def contract_pdf(version: ContractVersion) -> bytes:
    return pdf_of(contract_html(version))


def contract_html(version: ContractVersion) -> str:
    return html_of(TEMPLATE, contract_context(version))


def contract_context(version: ContractVersion) -> dict[str, Any]:
    """Everything the document says; it depends on the version alone, not on the day it is printed."""
    terms, contract = terms_of_version(version), version.contract
    return {
        "title": document_title(version),
        "mark": mark_of(version),
        "version": version,
        "contract": contract,
        "cpts": contract.cpts,
        "parties": [(contract.cpts.full_name, "CPTS"), (contract.cpts.ars, "ARS"), (contract.cpts.lead_fund, "caisse")],
        "terms": terms,
        "indicators": indicators_by_mission(terms),
        "unknown": unknown_amounts(terms),
        "signatures": [
            (version.review.holder(party), SIGNATORIES[party], name, on) for party, on, name in version.signatures
        ],
    }


def document_title(version: ContractVersion) -> str:
    """« Contrat ACI – CPTS du Penthièvre », « Avenant n° 1 – CPTS du Penthièvre »."""
    return f"{version if version.number else 'Contrat ACI'} – {version.contract.cpts.full_name}"


def mark_of(version: ContractVersion) -> str:
    """The word across each page of what is not the signed document."""
    if version.review.status == ReviewStatus.RECORDED:
        return TAKEN_OVER
    return "" if version.sealed_at else DRAFT


def indicators_by_mission(terms: Terms) -> list[tuple[str, list[tuple[str, list[Any]]]]]:
    """(mission, [(« Année 1 », its indicators)]), in the order of the missions."""
    names = {each.code: each.name for each in terms.missions}
    order = {code: rank for rank, code in enumerate(names)}
    rows = sorted(terms.indicators, key=lambda each: (order.get(each.mission, len(order)), each.mission, each.year))
    return [
        (
            names.get(code, code),
            [(f"Année {year}", list(own)) for year, own in groupby(of_mission, key=lambda each: each.year)],
        )
        for code, of_mission in ((code, list(group)) for code, group in groupby(rows, key=lambda each: each.mission))
    ]


def pdf_filename(version: ContractVersion) -> str:
    kind = f"avenant-{version.number}" if version.number else "contrat"
    state = "" if version.sealed_file else "projet-de-"
    day = f"-{version.effective_on:%Y-%m-%d}" if version.effective_on else ""
    return f"{state}{kind}-{slugify(version.contract.cpts.name)[:40]}{day}.pdf"
