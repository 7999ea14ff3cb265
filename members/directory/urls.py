"""Addresses of the room `members.directory`."""

from django.urls import path

from members.directory.views import directory, imports, links, structures

IMPORTS = "annuaire/imports/"
IMPORT = f"{IMPORTS}<int:directory_import_id>/"
DIRECTORY = "<int:cpts_id>/annuaire/"
STRUCTURE = f"{DIRECTORY}structures/<int:directory_structure_id>/"
PERSON = f"{DIRECTORY}fiches/<int:person_id>/"

urlpatterns = [
    path(IMPORTS, imports.DirectoryImports.as_view(), name="directory-imports"),
    path(IMPORT, imports.ImportDetail.as_view(), name="directory-import"),
    path(f"{IMPORT}refus.csv", imports.ImportRefusals.as_view(), name="directory-import-refusals"),
    path(f"{IMPORT}relancer/", imports.ImportRetry.as_view(), name="directory-import-retry"),
    path(f"{IMPORT}interrompu/", imports.ImportGiveUp.as_view(), name="directory-import-give-up"),
    path(f"{IMPORT}accepter/", imports.ImportAcceptLosses.as_view(), name="directory-import-accept-losses"),
    path(DIRECTORY, directory.Directory.as_view(), name="directory"),
    path(f"{DIRECTORY}professionnels/", directory.DirectoryPeople.as_view(), name="directory-people"),
    path(f"{DIRECTORY}professionnels/<int:entry_id>/ajouter/", directory.DirectoryAdd.as_view(), name="directory-add"),
    path(f"{DIRECTORY}structures/", structures.DirectoryStructures.as_view(), name="directory-structures"),
    path(STRUCTURE, structures.ComparedStructure.as_view(), name="directory-structure"),
    path(f"{STRUCTURE}ajouter/", structures.AddStructure.as_view(), name="directory-structure-add"),
    path(f"{STRUCTURE}rattacher/", structures.LinkStructure.as_view(), name="directory-structure-link"),
    path(f"{STRUCTURE}reprendre/", structures.StructureTakeOver.as_view(), name="directory-structure-take-over"),
    path(f"{DIRECTORY}rattachements/", links.Links.as_view(), name="directory-links"),
    path(f"{DIRECTORY}rattachements/decider/", links.LinksDecide.as_view(), name="directory-links-decide"),
    path(f"{DIRECTORY}differences/", links.Differences.as_view(), name="directory-differences"),
    path(PERSON, links.LinkedPerson.as_view(), name="directory-person"),
    path(f"{PERSON}reprendre/", links.TakeOver.as_view(), name="directory-take-over"),
    path(f"{PERSON}detacher/", links.Unlink.as_view(), name="directory-unlink"),
]
