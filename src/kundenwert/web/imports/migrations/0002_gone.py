"""Imports that were removed because they named an erased person."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """One more state."""

    dependencies = [("imports", "0001_initial")]
    operations = [
        migrations.AlterField(
            model_name="importdraft",
            name="state",
            field=models.CharField(choices=[("open", "open"), ("saved", "saved"), ("gone", "gone")], default="open", max_length=5),
        )
    ]
