# The practices get their profession: no import could fill this table before, so the column needs no default.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0002_professions_and_specialties'),
        ('territories', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='DirectoryCoverage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.DateField(verbose_name='suivie depuis le')),
                ('end', models.DateField(blank=True, null=True, verbose_name='suivie jusqu’au (exclu)')),
            ],
            options={
                'verbose_name': 'commune suivie dans l’annuaire',
                'verbose_name_plural': 'communes suivies dans l’annuaire',
                'ordering': ['-start', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='DirectoryStructure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('finess', models.CharField(max_length=9, verbose_name='FINESS')),
                ('siret', models.CharField(blank=True, max_length=14, verbose_name='SIRET')),
                ('name', models.CharField(max_length=160, verbose_name='nom')),
                ('kind', models.CharField(choices=[('hospital', 'Centre hospitalier ou clinique'), ('care_home', 'EHPAD'), ('ssiad', 'SSIAD ou service d’aide à domicile'), ('had', 'Hospitalisation à domicile'), ('msp', 'Maison de santé pluriprofessionnelle'), ('health_centre', 'Centre de santé'), ('laboratory', 'Laboratoire de biologie médicale'), ('pharmacy', 'Pharmacie'), ('ambulance', 'Transport sanitaire'), ('patients', 'Association d’usagers'), ('social', 'Service social ou médico-social'), ('authority', 'Collectivité'), ('other', 'Autre structure')], max_length=15, verbose_name='type')),
                ('category', models.CharField(blank=True, max_length=4, verbose_name='catégorie FINESS')),
                ('category_name', models.CharField(blank=True, max_length=120, verbose_name='libellé de la catégorie')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='adresse')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='téléphone')),
                ('start', models.DateField(verbose_name='vue depuis le')),
                ('end', models.DateField(blank=True, null=True, verbose_name='disparue le')),
                ('search', models.CharField(editable=False, max_length=200)),
            ],
            options={
                'verbose_name': 'structure de FINESS',
                'verbose_name_plural': 'structures de FINESS',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='directoryimport',
            name='failure',
            field=models.TextField(blank=True, verbose_name='motif de l’échec'),
        ),
        migrations.AddField(
            model_name='directoryimport',
            name='file',
            field=models.FileField(blank=True, upload_to='imports/directory/', verbose_name='fichier déposé'),
        ),
        migrations.AddField(
            model_name='directoryimport',
            name='status',
            field=models.CharField(choices=[('waiting', 'en attente'), ('running', 'en cours'), ('applied', 'appliqué'), ('failed', 'interrompu')], default='applied', max_length=10, verbose_name='état'),
        ),
        migrations.AddField(
            model_name='directorypractice',
            name='profession',
            field=models.ForeignKey(default=None, on_delete=django.db.models.deletion.PROTECT, related_name='directory_practices', to='members.profession', verbose_name='profession exercée'),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='directoryentry',
            name='profession',
            field=models.ForeignKey(help_text='La première dans l’ordre d’affichage quand la personne en exerce plusieurs.', on_delete=django.db.models.deletion.PROTECT, related_name='directory_entries', to='members.profession', verbose_name='profession principale'),
        ),
        migrations.AlterField(
            model_name='directoryimport',
            name='counts',
            field=models.JSONField(blank=True, default=dict, verbose_name='bilan'),
        ),
        migrations.AddConstraint(
            model_name='directorymovement',
            constraint=models.UniqueConstraint(fields=('imported', 'cpts', 'profession'), name='directory_movement_once', violation_error_message='Ce mouvement est déjà compté.'),
        ),
        migrations.AddField(
            model_name='directorycoverage',
            name='commune',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='directory_coverage', to='territories.commune', verbose_name='commune'),
        ),
        migrations.AddField(
            model_name='directorystructure',
            name='commune',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='directory_structures', to='territories.commune', verbose_name='commune'),
        ),
        migrations.AddConstraint(
            model_name='directorycoverage',
            constraint=models.UniqueConstraint(condition=models.Q(('end__isnull', True)), fields=('commune',), name='directory_coverage_once', violation_error_message='Cette commune est déjà suivie dans l’annuaire.'),
        ),
        migrations.AddIndex(
            model_name='directorystructure',
            index=models.Index(fields=['commune', 'end'], name='members_dir_commune_1a189b_idx'),
        ),
        migrations.AddConstraint(
            model_name='directorystructure',
            constraint=models.UniqueConstraint(condition=models.Q(('end__isnull', True)), fields=('finess',), name='directory_structure_once', violation_error_message='Cette structure de FINESS est déjà connue.'),
        ),
    ]
