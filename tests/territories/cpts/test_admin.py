"""The map, the agencies and the CPTS in the admin: the same scope and the same permissions as the pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cpts_portal.core.scoping import everything
from territories.models import Agency, Cpts, SizeClass
from tests import factories

pytestmark = pytest.mark.django_db
MODELS = ["region", "department", "epci", "commune", "population", "communemovement", "sizeclass", "agency", "cpts",
          "cptscommune", "declaredfigures"]  # fmt: skip


def admin_url(model: str, page: str = "changelist", *args) -> str:
    return reverse(f"admin:territories_{model}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS)
def test_every_table_is_listed_searched_and_exported(client, model):
    client.force_login(factories.administrator())
    factories.in_territory(factories.cpts(), factories.commune(epci=factories.epci()))
    assert client.get(admin_url(model)).status_code == 200
    assert client.get(admin_url(model), {"q": "Étables"}).status_code == 200
    assert client.get(admin_url(model, "export")).status_code == 200


def test_communes_lead_to_the_importer_of_the_portal_for_administrators_only(client):
    link = f'href="{reverse("territories:import-upload")}"'
    for person, expected in [(factories.administrator(), True), (factories.observer(), False)]:
        client.force_login(person)
        page = client.get(admin_url("commune")).content.decode()
        assert (f'{link} class="import_link"' in page) == expected


def test_a_coordinator_sees_and_changes_her_cpts_only(client):
    ours, other = factories.cpts("du Penthièvre"), factories.cpts("du Voisin")
    client.force_login(factories.coordinator(ours))
    page = client.get(admin_url("cpts")).content.decode()
    assert ("du Penthièvre" in page, "du Voisin" in page) == (True, False)
    assert client.get(admin_url("cpts", "change", other.pk)).status_code == 404
    fields = {"phone": "02 96 00 00 00", "name": "Autre nom"}
    assert client.post(admin_url("cpts", "change", ours.pk), fields).status_code == 302
    found = Cpts.directory.get(pk=ours.pk)
    assert (found.phone, found.name, found.version) == ("02 96 00 00 00", "du Penthièvre", 1)


def test_an_agent_reads_the_cpts_of_her_agency_and_changes_nothing(client):
    ours = factories.cpts()
    client.force_login(factories.ars_agent(ours.ars))
    assert client.get(admin_url("cpts", "change", ours.pk)).status_code == 200
    assert client.post(admin_url("cpts", "change", ours.pk), {"phone": "1"}).status_code == 403


def test_a_period_of_a_territory_is_never_typed_by_hand(client):
    link = factories.in_territory(factories.cpts(), factories.commune())
    client.force_login(factories.administrator())
    assert client.get(admin_url("cptscommune", "add")).status_code == 403
    assert client.get(admin_url("cptscommune", "change", link.pk)).status_code == 200
    assert client.post(admin_url("cptscommune", "change", link.pk), {"start": "2020-01-01"}).status_code == 403


def test_a_doubtful_finess_is_sent_to_the_form_that_offers_to_keep_it(client):
    ours = factories.cpts()
    client.force_login(factories.coordinator(ours))
    for finess, reason in [("010780055", "depuis la fiche de la CPTS"), ("12", "9 caractères")]:
        response = client.post(admin_url("cpts", "change", ours.pk), {"finess": finess})
        assert response.status_code == 200
        assert reason in response.content.decode()


def test_the_size_classes_are_changed_by_administrators_only(client):
    row = SizeClass.objects.get(size=3)
    client.force_login(factories.coordinator(factories.cpts()))
    assert client.post(admin_url("sizeclass", "change", row.pk), {}).status_code == 403
    client.force_login(factories.administrator())
    assert client.get(admin_url("sizeclass", "change", row.pk)).status_code == 200
    with everything("nothing changed"):
        assert SizeClass.objects.get(size=3).min_population == 80_000


def test_another_cpts_is_not_found_and_the_page_says_why(client):
    ours, other = factories.cpts("du Penthièvre"), factories.cpts("du Voisin")
    client.force_login(factories.coordinator(ours))
    answer = client.get(admin_url("cpts", "change", other.pk))
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "Vous agissez pour la CPTS du Penthièvre" in page
    assert "CPTS du Voisin est rattachée à" in page


def test_a_list_of_what_belongs_to_cpts_says_whose_rows_appear(client):
    client.force_login(factories.coordinator(factories.cpts("du Penthièvre")))
    sentence = "seule cette CPTS apparaît"
    assert sentence in client.get(admin_url("cpts")).content.decode()
    client.force_login(factories.administrator())
    assert sentence not in client.get(admin_url("cpts")).content.decode()


def test_an_administrator_fills_the_agencies_from_a_file(client):
    department = factories.department("22")
    client.force_login(factories.administrator())
    lines = "name,kind,departments,email,is_active\nCPAM d’essai,cpam,22,contact@example.org,1\n"
    sent = {"resource": "", "format": "0", "import_file": SimpleUploadedFile("agences.csv", lines.encode())}
    preview = client.post(admin_url("agency", "import"), sent)
    confirmation = preview.context["confirm_form"].initial
    client.post(admin_url("agency", "process_import"), {**confirmation, "resource": ""})
    made = Agency.objects.get(name="CPAM d’essai")
    assert (made.kind, list(made.departments.all())) == ("cpam", [department])
