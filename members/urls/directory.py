"""The national directory: its imports, and the directory of one CPTS."""

from django.urls import URLPattern, path

from members.views import directory, directory_imports, directory_links, directory_structures

IMPORTS = "annuaire/imports/"
IMPORT = f"{IMPORTS}<int:directory_import_id>/"
DIRECTORY = "<int:cpts_id>/annuaire/"
PERSON = f"{DIRECTORY}fiches/<int:person_id>/"
STRUCTURE = f"{DIRECTORY}structures/<int:directory_structure_id>/"

urlpatterns: list[URLPattern] = [
    path(IMPORTS, directory_imports.DirectoryImports.as_view(), name="directory-imports"),
    path(IMPORT, directory_imports.ImportDetail.as_view(), name="directory-import"),
    path(f"{IMPORT}refus.csv", directory_imports.ImportRefusals.as_view(), name="directory-import-refusals"),
    path(f"{IMPORT}relancer/", directory_imports.ImportRetry.as_view(), name="directory-import-retry"),
    path(f"{IMPORT}interrompu/", directory_imports.ImportGiveUp.as_view(), name="directory-import-give-up"),
    path(f"{IMPORT}accepter/", directory_imports.ImportAcceptLosses.as_view(), name="directory-import-accept-losses"),
    path(DIRECTORY, directory.Directory.as_view(), name="directory"),
    path(f"{DIRECTORY}professionnels/", directory.DirectoryPeople.as_view(), name="directory-people"),
    path(f"{DIRECTORY}professionnels/<int:entry_id>/ajouter/", directory.DirectoryAdd.as_view(), name="directory-add"),
    path(f"{DIRECTORY}structures/", directory_structures.DirectoryStructures.as_view(), name="directory-structures"),
    path(STRUCTURE, directory_structures.ComparedStructure.as_view(), name="directory-structure"),
    path(f"{STRUCTURE}ajouter/", directory_structures.AddStructure.as_view(), name="directory-structure-add"),
    path(f"{STRUCTURE}rattacher/", directory_structures.LinkStructure.as_view(), name="directory-structure-link"),
    path(f"{STRUCTURE}reprendre/", directory_structures.TakeOver.as_view(), name="directory-structure-take-over"),
    path(f"{DIRECTORY}rattachements/", directory_links.Links.as_view(), name="directory-links"),
    path(f"{DIRECTORY}rattachements/decider/", directory_links.LinksDecide.as_view(), name="directory-links-decide"),
    path(f"{DIRECTORY}differences/", directory_links.Differences.as_view(), name="directory-differences"),
    path(PERSON, directory_links.LinkedPerson.as_view(), name="directory-person"),
    path(f"{PERSON}reprendre/", directory_links.TakeOver.as_view(), name="directory-take-over"),
    path(f"{PERSON}detacher/", directory_links.Unlink.as_view(), name="directory-unlink"),
]
