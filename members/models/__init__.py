"""Tables of the members app, grouped by what they describe."""

from members.models.applications import Application
from members.models.directory import DirectoryCoverage, DirectoryEntry, DirectoryPractice, DirectoryStructure
from members.models.dues import Due, DuesCampaign, DuesRate, DuesState, Payment
from members.models.imports import (
    ColumnMapping,
    DirectoryImport,
    DirectoryMove,
    DirectoryMovement,
    RegisterImport,
)
from members.models.letters import LetterBatch
from members.models.membership import College, Mandate, Membership, Status
from members.models.nomenclatures import ExerciseMode, Profession, Specialty, StructureKind
from members.models.register import Contact, Practice, Professional, Structure
from members.models.review import NotDuplicate, RefusedLink
from members.models.settings import CustomField, MembershipSettings, PersonalDataExport, SavedFilter

__all__ = [
    "Application",
    "College",
    "ColumnMapping",
    "Contact",
    "CustomField",
    "DirectoryCoverage",
    "DirectoryEntry",
    "DirectoryImport",
    "DirectoryMove",
    "DirectoryMovement",
    "DirectoryPractice",
    "DirectoryStructure",
    "Due",
    "DuesCampaign",
    "DuesRate",
    "DuesState",
    "ExerciseMode",
    "LetterBatch",
    "Mandate",
    "Membership",
    "MembershipSettings",
    "NotDuplicate",
    "Payment",
    "PersonalDataExport",
    "Practice",
    "Profession",
    "Professional",
    "RefusedLink",
    "RegisterImport",
    "SavedFilter",
    "Specialty",
    "Status",
    "Structure",
    "StructureKind",
]
