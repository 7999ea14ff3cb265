"""The tables of this app and the size classes, for an empty database; the others keep the migrations they began with."""

import cpts_portal.core.fields
import cpts_portal.core.identifiers
import django.core.validators
import django.db.models.deletion
import simple_history.models
from importlib import import_module
from django.conf import settings
from django.db import migrations, models

from cpts_portal.core.tables import CreateModels

data = import_module("territories.migrations.0002_size_classes_of_the_aci")


class Migration(migrations.Migration):

    replaces = [
        ('territories', '0001_initial'),
        ('territories', '0002_size_classes_of_the_aci'),
        ('territories', '0003_import_journal'),
        ('territories', '0004_import_states'),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name='Agency',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('ars', 'ARS'), ('cpam', 'CPAM'), ('cgss', 'CGSS')], max_length=4, verbose_name='type')),
                        ('name', models.CharField(help_text='Par exemple : ARS Bretagne', max_length=120, unique=True, verbose_name='nom')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='adresse électronique du service')),
                        ('is_active', models.BooleanField(default=True, verbose_name='active')),
                        ('departments', models.ManyToManyField(help_text='Les départements où l’agence est compétente.', related_name='agencies', to='territories.department', verbose_name='départements couverts')),
                    ],
                    options={
                        'verbose_name': 'agence',
                        'verbose_name_plural': 'agences',
                        'ordering': ['name'],
                    },
                ),
                migrations.CreateModel(
                    name='Department',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(help_text='01 à 95, 2A, 2B, 971 à 989', max_length=3, unique=True, verbose_name='code')),
                        ('name', models.CharField(max_length=80, verbose_name='nom')),
                        ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='departments', to='territories.region', verbose_name='région')),
                    ],
                    options={
                        'verbose_name': 'département',
                        'verbose_name_plural': 'départements',
                        'ordering': ['code'],
                    },
                ),
                migrations.CreateModel(
                    name='Epci',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('siren', models.CharField(max_length=9, unique=True, verbose_name='numéro SIREN')),
                        ('name', models.CharField(max_length=160, verbose_name='nom')),
                        ('kind', models.CharField(blank=True, choices=[('CC', 'communauté de communes'), ('CA', 'communauté d’agglomération'), ('CU', 'communauté urbaine'), ('METRO', 'métropole'), ('MET69', 'métropole de Lyon'), ('', 'nature inconnue')], max_length=5, verbose_name='nature')),
                        ('search', models.CharField(db_index=True, editable=False, max_length=200)),
                    ],
                    options={
                        'verbose_name': 'EPCI',
                        'verbose_name_plural': 'EPCI',
                        'ordering': ['name'],
                    },
                ),
                migrations.CreateModel(
                    name='Region',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=3, unique=True, verbose_name='code')),
                        ('name', models.CharField(max_length=80, verbose_name='nom')),
                    ],
                    options={
                        'verbose_name': 'région',
                        'verbose_name_plural': 'régions',
                        'ordering': ['name'],
                    },
                ),
                migrations.CreateModel(
                    name='Commune',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.CharField(max_length=5, validators=[django.core.validators.RegexValidator('^(\\d{2}|2[AB])\\d{3}$', 'Le code INSEE compte 5 caractères, par exemple 22093 ou 2A004.')], verbose_name='code INSEE')),
                        ('kind', models.CharField(choices=[('COM', 'commune'), ('COMD', 'commune déléguée'), ('COMA', 'commune associée'), ('ARM', 'arrondissement municipal')], default='COM', max_length=4, verbose_name='type')),
                        ('name', models.CharField(max_length=80, verbose_name='nom')),
                        ('postal_codes', models.CharField(blank=True, help_text='Séparés par une espace.', max_length=250, verbose_name='codes postaux')),
                        ('started_on', models.DateField(blank=True, help_text='Vide : avant le premier millésime importé.', null=True, verbose_name='depuis le')),
                        ('ended_on', models.DateField(blank=True, help_text='Vide : commune actuelle.', null=True, verbose_name='jusqu’au')),
                        ('search', models.CharField(editable=False, max_length=360)),
                        ('parent', models.ForeignKey(blank=True, help_text='Pour les communes déléguées ou associées et les arrondissements.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='territories.commune', verbose_name='commune de rattachement')),
                        ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='territories.commune', verbose_name='devenue')),
                        ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='created_communes', to='territories.communeimport')),
                        ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='communes', to='territories.department', verbose_name='département')),
                        ('epci', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='communes', to='territories.epci', verbose_name='EPCI')),
                    ],
                    options={
                        'verbose_name': 'commune',
                        'verbose_name_plural': 'communes',
                        'ordering': ['name', 'code'],
                        'indexes': [models.Index(fields=['code'], name='territories_code_4c8bfd_idx'), models.Index(fields=['name', 'code'], name='territories_name_71ce33_idx')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('ended_on__isnull', True)), fields=('kind', 'code'), name='commune_current_once', violation_error_message='Une commune actuelle porte déjà ce code INSEE.'), models.CheckConstraint(condition=models.Q(('ended_on__isnull', True), ('started_on__isnull', True), ('ended_on__gt', models.F('started_on')), _connector='OR'), name='commune_ends_after_start', violation_error_message='Une commune ne peut pas disparaître avant d’exister.')],
                    },
                ),
                migrations.CreateModel(
                    name='CommuneImport',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('filename', models.CharField(max_length=200, verbose_name='fichier')),
                        ('file', models.FileField(blank=True, upload_to='imports/communes/', verbose_name='fichier conservé')),
                        ('sha256', models.CharField(max_length=64, verbose_name='empreinte')),
                        ('vintage', models.PositiveSmallIntegerField(verbose_name='millésime')),
                        ('layout', models.CharField(blank=True, max_length=40, verbose_name='format reconnu')),
                        ('status', models.CharField(choices=[('reading', 'en lecture'), ('preview', 'en préparation'), ('running', 'en cours'), ('applied', 'appliqué'), ('failed', 'échoué'), ('refused', 'refusé'), ('nothing', 'rien à changer'), ('undone', 'annulé')], default='preview', max_length=10, verbose_name='état')),
                        ('origin', models.CharField(choices=[('page', 'portail'), ('command', 'ligne de commande')], default='page', max_length=10, verbose_name='origine')),
                        ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='déposé le')),
                        ('applied_at', models.DateTimeField(blank=True, null=True, verbose_name='appliqué le')),
                        ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='annulé le')),
                        ('counts', models.JSONField(blank=True, default=dict, verbose_name='bilan')),
                        ('refused', models.JSONField(blank=True, default=list, verbose_name='lignes refusées')),
                        ('report', models.JSONField(blank=True, default=dict, verbose_name='effets sur les CPTS')),
                        ('author', models.ForeignKey(blank=True, help_text='Vide : chargement initial par une commande.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='auteur')),
                        ('journal', models.JSONField(blank=True, default=dict, editable=False, help_text='Ce que l’import a changé aux territoires et aux EPCI, pour pouvoir l’annuler.', verbose_name='journal d’annulation')),
                        ('undone_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='annulé par')),
                    ],
                    options={
                        'verbose_name': 'import de communes',
                        'verbose_name_plural': 'imports de communes',
                        'ordering': ['-created_at', '-pk'],
                    },
                ),
                migrations.CreateModel(
                    name='CommuneChange',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('field', models.CharField(max_length=20, verbose_name='donnée')),
                        ('before', models.CharField(blank=True, max_length=250, verbose_name='avant')),
                        ('after', models.CharField(blank=True, max_length=250, verbose_name='après')),
                        ('commune', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='territories.commune', verbose_name='commune')),
                        ('imported', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='territories.communeimport', verbose_name='import')),
                    ],
                    options={
                        'verbose_name': 'évolution de commune',
                        'verbose_name_plural': 'évolutions de communes',
                        'ordering': ['-imported__vintage', 'field'],
                    },
                ),
                migrations.CreateModel(
                    name='CommuneMovement',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.PositiveSmallIntegerField(help_text='Code MOD de l’INSEE', verbose_name='type de mouvement')),
                        ('effective_on', models.DateField(verbose_name='date d’effet')),
                        ('before', models.CharField(db_index=True, max_length=5, verbose_name='code avant')),
                        ('after', models.CharField(db_index=True, max_length=5, verbose_name='code après')),
                        ('source', models.CharField(max_length=200, verbose_name='source')),
                        ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='territories.communeimport')),
                    ],
                    options={
                        'verbose_name': 'mouvement de commune',
                        'verbose_name_plural': 'mouvements de communes',
                        'ordering': ['-effective_on', 'before'],
                        'constraints': [models.UniqueConstraint(fields=('kind', 'effective_on', 'before', 'after'), name='movement_once', violation_error_message='Ce mouvement est déjà enregistré.')],
                    },
                ),
                migrations.CreateModel(
                    name='Cpts',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(max_length=120, unique=True, verbose_name='nom')),
                        ('legal_name', models.CharField(blank=True, help_text='S’il diffère du nom de la CPTS (association loi 1901, ou de droit local en Alsace-Moselle).', max_length=160, verbose_name='nom de l’association')),
                        ('rna', models.CharField(blank=True, help_text='W suivi de 9 chiffres', max_length=10, validators=[cpts_portal.core.identifiers.validate_rna], verbose_name='numéro RNA')),
                        ('siren', models.CharField(blank=True, max_length=9, validators=[cpts_portal.core.identifiers.validate_siren], verbose_name='SIREN')),
                        ('finess', models.CharField(blank=True, help_text='9 caractères', max_length=9, validators=[cpts_portal.core.identifiers.validate_finess_form], verbose_name='FINESS')),
                        ('address', models.CharField(blank=True, max_length=200, verbose_name='adresse du siège')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='adresse électronique de contact')),
                        ('phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                        ('website', cpts_portal.core.fields.WebAddressField(blank=True, verbose_name='site internet')),
                        ('stage', models.CharField(choices=[('emergence', 'En émergence'), ('letter_submitted', 'Lettre d’intention déposée'), ('letter_validated', 'Lettre d’intention validée'), ('project_draft', 'Projet de santé en rédaction'), ('project_submitted', 'Projet de santé déposé'), ('project_validated', 'Projet de santé validé'), ('negotiation', 'Contrat ACI en négociation'), ('signed', 'Contrat ACI signé'), ('closing', 'En cessation')], default='emergence', max_length=20, verbose_name='étape')),
                        ('search', models.CharField(editable=False, max_length=300)),
                        ('version', models.PositiveIntegerField(default=0, editable=False)),
                        ('ars', models.ForeignKey(limit_choices_to={'kind': 'ars'}, on_delete=django.db.models.deletion.PROTECT, related_name='cpts_as_ars', to='territories.agency', verbose_name='ARS')),
                        ('lead_fund', models.ForeignKey(limit_choices_to={'kind__in': ('cpam', 'cgss')}, on_delete=django.db.models.deletion.PROTECT, related_name='cpts_as_lead_fund', to='territories.agency', verbose_name='caisse pilote (CPAM ou CGSS)')),
                        ('seat', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='territories.commune', verbose_name='commune du siège')),
                        ('departments', models.ManyToManyField(help_text='Une CPTS peut être à cheval sur plusieurs départements.', related_name='cpts', to='territories.department', verbose_name='départements')),
                    ],
                    options={
                        'verbose_name': 'CPTS',
                        'verbose_name_plural': 'CPTS',
                        'ordering': ['name'],
                    },
                ),
                migrations.CreateModel(
                    name='CptsCommune',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('start', models.DateField(verbose_name='depuis le')),
                        ('end', models.DateField(blank=True, null=True, verbose_name='jusqu’au (exclu)')),
                        ('inhabitants', models.PositiveIntegerField(blank=True, help_text='À remplir seulement quand la commune est partagée entre plusieurs CPTS ; vide : commune entière.', null=True, verbose_name='habitants retenus')),
                        ('origin', models.CharField(choices=[('composed', 'composition du territoire'), ('carried', 'évolution des communes')], default='composed', max_length=10, verbose_name='origine')),
                        ('carried_from', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='carried_to', to='territories.cptscommune', verbose_name='reprise de')),
                        ('commune', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cpts_links', to='territories.commune', verbose_name='commune')),
                        ('cpts', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='territory', to='territories.cpts', verbose_name='CPTS')),
                    ],
                    options={
                        'verbose_name': 'commune du territoire',
                        'verbose_name_plural': 'communes des territoires',
                        'ordering': ['commune__name'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('end__isnull', True), ('end__gt', models.F('start')), _connector='OR'), name='territory_ends_after_start', violation_error_message='La date de fin doit être postérieure à la date de début.'), models.UniqueConstraint(condition=models.Q(('end__isnull', True), ('inhabitants__isnull', True)), fields=('commune',), name='territory_whole_commune_once', violation_error_message='Cette commune appartient déjà entièrement à une autre CPTS.'), models.UniqueConstraint(condition=models.Q(('end__isnull', True)), fields=('cpts', 'commune'), name='territory_commune_once_per_cpts', violation_error_message='Cette commune est déjà dans le territoire de la CPTS.'), models.CheckConstraint(condition=models.Q(('inhabitants__isnull', True), ('inhabitants__gt', 0), _connector='OR'), name='territory_share_positive', violation_error_message='Le nombre d’habitants retenus doit être supérieur à zéro.')],
                    },
                ),
                migrations.CreateModel(
                    name='DeclaredFigures',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('declared_on', models.DateField(verbose_name='date de la déclaration')),
                        ('population', models.PositiveIntegerField(blank=True, null=True, verbose_name='population déclarée')),
                        ('communes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='nombre de communes déclaré')),
                        ('source', models.CharField(help_text='Par exemple : communiqué de presse du 28/09/2022', max_length=200, verbose_name='source')),
                        ('cpts', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='declared_figures', to='territories.cpts', verbose_name='CPTS')),
                    ],
                    options={
                        'verbose_name': 'chiffres déclarés',
                        'verbose_name_plural': 'chiffres déclarés',
                        'ordering': ['-declared_on', '-pk'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('population__isnull', False), ('communes__isnull', False), _connector='OR'), name='declared_something', violation_error_message='Indiquez la population ou le nombre de communes déclarés.')],
                    },
                ),
                migrations.CreateModel(
                    name='HistoricalAgency',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('ars', 'ARS'), ('cpam', 'CPAM'), ('cgss', 'CGSS')], max_length=4, verbose_name='type')),
                        ('name', models.CharField(db_index=True, help_text='Par exemple : ARS Bretagne', max_length=120, verbose_name='nom')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='adresse électronique du service')),
                        ('is_active', models.BooleanField(default=True, verbose_name='active')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.TextField(null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'historique de l’agence',
                        'verbose_name_plural': 'historique des agences',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='HistoricalAgency_departments',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('agency', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territories.agency')),
                        ('department', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territories.department')),
                        ('history', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='territories.historicalagency')),
                    ],
                    options={
                        'verbose_name': 'HistoricalAgency_departments',
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='HistoricalCpts',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('name', models.CharField(db_index=True, max_length=120, verbose_name='nom')),
                        ('legal_name', models.CharField(blank=True, help_text='S’il diffère du nom de la CPTS (association loi 1901, ou de droit local en Alsace-Moselle).', max_length=160, verbose_name='nom de l’association')),
                        ('rna', models.CharField(blank=True, help_text='W suivi de 9 chiffres', max_length=10, validators=[cpts_portal.core.identifiers.validate_rna], verbose_name='numéro RNA')),
                        ('siren', models.CharField(blank=True, max_length=9, validators=[cpts_portal.core.identifiers.validate_siren], verbose_name='SIREN')),
                        ('finess', models.CharField(blank=True, help_text='9 caractères', max_length=9, validators=[cpts_portal.core.identifiers.validate_finess_form], verbose_name='FINESS')),
                        ('address', models.CharField(blank=True, max_length=200, verbose_name='adresse du siège')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='adresse électronique de contact')),
                        ('phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                        ('website', cpts_portal.core.fields.WebAddressField(blank=True, verbose_name='site internet')),
                        ('stage', models.CharField(choices=[('emergence', 'En émergence'), ('letter_submitted', 'Lettre d’intention déposée'), ('letter_validated', 'Lettre d’intention validée'), ('project_draft', 'Projet de santé en rédaction'), ('project_submitted', 'Projet de santé déposé'), ('project_validated', 'Projet de santé validé'), ('negotiation', 'Contrat ACI en négociation'), ('signed', 'Contrat ACI signé'), ('closing', 'En cessation')], default='emergence', max_length=20, verbose_name='étape')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.TextField(null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('ars', models.ForeignKey(blank=True, db_constraint=False, limit_choices_to={'kind': 'ars'}, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territories.agency', verbose_name='ARS')),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('lead_fund', models.ForeignKey(blank=True, db_constraint=False, limit_choices_to={'kind__in': ('cpam', 'cgss')}, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territories.agency', verbose_name='caisse pilote (CPAM ou CGSS)')),
                        ('seat', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territories.commune', verbose_name='commune du siège')),
                    ],
                    options={
                        'verbose_name': 'historique de la CPTS',
                        'verbose_name_plural': 'historique des CPTS',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='HistoricalCpts_departments',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('m2m_history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('cpts', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territories.cpts')),
                        ('department', models.ForeignKey(blank=True, db_constraint=False, db_tablespace='', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territories.department')),
                        ('history', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='territories.historicalcpts')),
                    ],
                    options={
                        'verbose_name': 'HistoricalCpts_departments',
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='HistoricalCptsCommune',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('start', models.DateField(verbose_name='depuis le')),
                        ('end', models.DateField(blank=True, null=True, verbose_name='jusqu’au (exclu)')),
                        ('inhabitants', models.PositiveIntegerField(blank=True, help_text='À remplir seulement quand la commune est partagée entre plusieurs CPTS ; vide : commune entière.', null=True, verbose_name='habitants retenus')),
                        ('origin', models.CharField(choices=[('composed', 'composition du territoire'), ('carried', 'évolution des communes')], default='composed', max_length=10, verbose_name='origine')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.TextField(null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('carried_from', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territories.cptscommune', verbose_name='reprise de')),
                        ('commune', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territories.commune', verbose_name='commune')),
                        ('cpts', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territories.cpts', verbose_name='CPTS')),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'historique du territoire',
                        'verbose_name_plural': 'historique des territoires',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='HistoricalDeclaredFigures',
                    fields=[
                        ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                        ('declared_on', models.DateField(verbose_name='date de la déclaration')),
                        ('population', models.PositiveIntegerField(blank=True, null=True, verbose_name='population déclarée')),
                        ('communes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='nombre de communes déclaré')),
                        ('source', models.CharField(help_text='Par exemple : communiqué de presse du 28/09/2022', max_length=200, verbose_name='source')),
                        ('history_id', models.AutoField(primary_key=True, serialize=False)),
                        ('history_date', models.DateTimeField(db_index=True)),
                        ('history_change_reason', models.TextField(null=True)),
                        ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                        ('cpts', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='territories.cpts', verbose_name='CPTS')),
                        ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'historique des chiffres déclarés',
                        'verbose_name_plural': 'historique des chiffres déclarés',
                        'ordering': ('-history_date', '-history_id'),
                        'get_latest_by': ('history_date', 'history_id'),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name='Population',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('vintage', models.PositiveSmallIntegerField(verbose_name='millésime')),
                        ('municipal', models.PositiveIntegerField(verbose_name='population municipale')),
                        ('commune', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='populations', to='territories.commune', verbose_name='commune')),
                        ('source', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='populations', to='territories.communeimport')),
                    ],
                    options={
                        'verbose_name': 'population',
                        'verbose_name_plural': 'populations',
                        'ordering': ['-vintage'],
                        'constraints': [models.UniqueConstraint(fields=('commune', 'vintage'), name='population_once_per_vintage', violation_error_message='La population de cette commune est déjà connue pour ce millésime.')],
                    },
                ),
                migrations.CreateModel(
                    name='SizeClass',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('size', models.PositiveSmallIntegerField(verbose_name='taille')),
                        ('min_population', models.PositiveIntegerField(verbose_name='à partir de (habitants)')),
                        ('start', models.DateField(verbose_name='en vigueur depuis le')),
                        ('end', models.DateField(blank=True, null=True, verbose_name='en vigueur jusqu’au (exclu)')),
                        ('source', models.CharField(max_length=200, verbose_name='source')),
                        ('confidence', models.CharField(choices=[('verified', 'vérifié'), ('to_confirm', 'à confirmer')], default='verified', max_length=10, verbose_name='fiabilité')),
                    ],
                    options={
                        'verbose_name': 'classe de taille',
                        'verbose_name_plural': 'classes de taille',
                        'ordering': ['-start', 'size'],
                        'constraints': [models.CheckConstraint(condition=models.Q(('end__isnull', True), ('end__gt', models.F('start')), _connector='OR'), name='size_class_ends_after_start', violation_error_message='La date de fin doit être postérieure à la date de début.'), models.CheckConstraint(condition=models.Q(('size__gte', 1), ('size__lte', 4)), name='size_class_1_to_4', violation_error_message='La taille va de 1 à 4.'), models.UniqueConstraint(fields=('size', 'start'), name='size_class_once_per_date', violation_error_message='Cette taille est déjà définie à cette date.')],
                    },
                ),
            ],
        ),
        migrations.RunPython(data.load, data.unload),
    ]
