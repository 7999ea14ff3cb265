"""What is past its retention period: persons, structures, vouchers, applications, and the files that name them.

A person is kept `MEMBER_RETENTION_YEARS` after her last membership or mandate ended; after the refusal when the board
refused her; after the last change of her record when she never was a member (one whom the national directory still
sees at work stays). Whoever represents a member structure stays with it; the person named by a structure goes when
the structure left for as long. Vouchers keep the payer `PAYMENT_RETENTION_YEARS`. A file full of names goes after the
first period, or with the first person it names.
"""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import DateField, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest, TruncDate

from cpts_portal.core.periods import local_moment
from members.models import (
    Application,
    Contact,
    DirectoryPractice,
    Due,
    LetterBatch,
    Mandate,
    Membership,
    Payment,
    Practice,
    Professional,
    RegisterImport,
    Structure,
)
from members.register_import.writing import Journal
from territories.models import Cpts

REASON = "Anonymisation après la durée de conservation"
# What tells who stands behind a structure; the same columns in its history.
NAMES_SOMEBODY = Q(representative__isnull=False) | ~Q(
    representative_name="", representative_title="", email="", phone="", extra={}
)


def years_before(day: date, years: int) -> date:
    """The same day some years earlier; the 29th of February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def member_limit(today: date) -> date:
    """What ended on this day or before is past its period."""
    return years_before(today, settings.MEMBER_RETENTION_YEARS)


def payment_limit(today: date) -> date:
    return years_before(today, settings.PAYMENT_RETENTION_YEARS)


def _after(limit: date) -> datetime:
    """The first moment after the limit."""
    return local_moment(limit + timedelta(days=1))


def _kept(limit: date) -> Q:
    """A membership that still keeps its holder: open, asked for, ended or refused after the limit."""
    return Q(refused_on__gt=limit) | Q(refused_on__isnull=True) & (Q(end__isnull=True) | Q(end__gt=limit))


def _last(memberships: QuerySet[Membership], field: str, holder: str) -> Subquery:
    found = memberships.filter(**{f"{field}__isnull": False}).order_by().values(holder)
    return Subquery(found.annotate(last=Max(field)).values("last")[:1], output_field=DateField())


# --- Persons -------------------------------------------------------------------------------------------------------
def to_anonymise(cpts: Cpts, *, today: date) -> QuerySet[Professional]:
    """Persons past their period, the longest first: `left_on`, `refused_on` or `unchanged_since` say why."""
    limit = member_limit(today)
    memberships = Membership.objects.filter(professional=OuterRef("pk"))
    held = Mandate.objects.filter(professional=OuterRef("pk")).filter(Q(end__isnull=True) | Q(end__gt=limit))
    represented = Membership.objects.filter(_kept(limit), structure__representative=OuterRef("pk"))
    return (
        Professional.objects.filter(cpts=cpts, anonymised_on__isnull=True, merged_into__isnull=True)
        .filter(~Exists(memberships.filter(_kept(limit))), ~Exists(held), ~Exists(represented))
        .filter(Q(Exists(memberships)) | _forgotten(limit))
        .annotate(
            left_on=_last(memberships.filter(refused_on__isnull=True), "end", "professional"),
            refused_on=_last(memberships, "refused_on", "professional"),
            unchanged_since=_last_change(),
        )
        .select_related("profession")
        .order_by(Coalesce("left_on", "refused_on", "unchanged_since"), "pk")
    )


def _records() -> tuple[QuerySet, ...]:
    """The history of a person's record, of her contacts and of her places of practice."""
    return (
        Professional.history.filter(id=OuterRef("pk")),
        Contact.history.filter(professional_id=OuterRef("pk")),
        Practice.history.filter(professional_id=OuterRef("pk")),
    )


def _forgotten(limit: date) -> Q:
    """Nothing was written about her since the limit, and the national directory no longer sees her at work."""
    at_work = DirectoryPractice.objects.filter(entry=OuterRef("directory_entry"), end__isnull=True)
    found = Q(~Exists(at_work))
    for rows in _records():
        found &= Q(~Exists(rows.filter(history_date__gte=_after(limit))))
    return found


def _last_change() -> TruncDate:
    own, *others = (Subquery(rows.order_by("-history_date").values("history_date")[:1]) for rows in _records())
    return TruncDate(Greatest(own, *(Coalesce(other, own) for other in others)))


# --- Structures ----------------------------------------------------------------------------------------------------
def structures_to_clear(cpts: Cpts, *, today: date) -> QuerySet[Structure]:
    """Those that left, or were refused, before the limit and still name somebody, their history included.

    What somebody types again on a structure cleared once counts from that day.
    """
    limit = member_limit(today)
    memberships = Membership.objects.filter(structure=OuterRef("pk"))
    history = Structure.history.filter(id=OuterRef("pk"))
    cleared = Exists(history.filter(history_change_reason=REASON))
    merged = Structure.objects.filter(NAMES_SOMEBODY, merged_into=OuterRef("pk"))
    applied = Application.objects.filter(membership__structure=OuterRef("pk"))
    return (
        Structure.objects.filter(cpts=cpts, merged_into__isnull=True)
        .filter(Exists(memberships), ~Exists(memberships.filter(_kept(limit))))
        .filter(Q(~cleared) | Q(~Exists(history.filter(history_date__gte=_after(limit)))))
        .filter(NAMES_SOMEBODY | Exists(history.filter(NAMES_SOMEBODY)) | Exists(merged) | Exists(applied))
        .annotate(
            left_on=_last(memberships.filter(refused_on__isnull=True), "end", "structure"),
            refused_on=_last(memberships, "refused_on", "structure"),
        )
        .order_by(Coalesce("left_on", "refused_on"), "pk")
    )


# --- Vouchers and applications -------------------------------------------------------------------------------------
def payments_to_anonymise(cpts: Cpts, *, today: date) -> QuerySet[Payment]:
    """Vouchers older than the accounting period, of a structure or of a person who goes or is gone."""
    gone = (
        Q(due__membership__structure__isnull=False)
        | Q(due__membership__professional__anonymised_on__isnull=False)
        | Q(due__membership__professional__in=_keys(to_anonymise(cpts, today=today)))
    )
    return (
        Payment.objects.filter(gone, due__membership__cpts=cpts, paid_on__lt=payment_limit(today))
        .exclude(payer="")
        .order_by("paid_on", "pk")
    )


def applications_to_erase(cpts: Cpts, *, today: date) -> QuerySet[Application]:
    """Refused, set aside or left unread before the limit; the others follow the person they led to."""
    limit = member_limit(today)
    unread = Q(decided_on__isnull=True, discarded_on__isnull=True, received_at__lt=_after(limit))
    return (
        Application.objects.filter(cpts=cpts, membership__isnull=True)
        .filter(Q(decided_on__lte=limit) | Q(discarded_on__lte=limit) | unread)
        .order_by("received_at", "pk")
    )


# --- Files that name many ------------------------------------------------------------------------------------------
def imports_to_empty(cpts: Cpts, *, today: date) -> QuerySet[RegisterImport]:
    """Spreadsheets kept too long, and those that wrote a person who goes or is gone."""
    kept = RegisterImport.objects.filter(cpts=cpts).exclude(file="")
    old = Q(created_at__lt=_after(member_limit(today)))
    people = set(to_anonymise(cpts, today=today).order_by().values_list("pk", flat=True))
    people |= set(Professional.objects.filter(cpts=cpts, anonymised_on__isnull=False).values_list("pk", flat=True))
    structures = set(structures_to_clear(cpts, today=today).order_by().values_list("pk", flat=True))
    naming = [
        imported.pk
        for imported in (kept.exclude(old).exclude(undo={}) if people or structures else ())
        if _written(imported, "Professional") & people or _written(imported, "Structure") & structures
    ]
    return kept.filter(old | Q(pk__in=naming)).order_by("created_at", "pk")


def _written(imported: RegisterImport, table: str) -> set[int]:
    journal = Journal.of(imported.undo)
    return {*journal.created.get(table, []), *(pk for pk, _values in journal.updated.get(table, []))}


def letters_to_empty(cpts: Cpts, *, today: date) -> QuerySet[LetterBatch]:
    """Series kept too long, and those of a year whose dues name a person or a structure that goes or is gone."""
    due = Due.objects.filter(campaign=OuterRef("campaign"))
    gone = (
        Q(membership__professional__in=_keys(to_anonymise(cpts, today=today)))
        | Q(membership__structure__in=_keys(structures_to_clear(cpts, today=today)))
        | Q(membership__professional__anonymised_on__gte=OuterRef("made_on"))
    )
    old = Q(created_at__lt=_after(member_limit(today)))
    return (
        LetterBatch.objects.filter(cpts=cpts)
        .annotate(made_on=TruncDate("created_at"))
        .exclude(file="", problems=[])
        .filter(old | Exists(due.filter(gone)))
        .order_by("created_at", "pk")
    )


def _keys(found: QuerySet) -> QuerySet:
    return found.order_by().values("pk")
