"""The process, as a proxy of Viewflow's own."""

from django.db import migrations


class Migration(migrations.Migration):
    """No table."""

    initial = True
    dependencies = [("viewflow", "__first__")]  # noqa: RUF012 - Django's way
    operations = [  # noqa: RUF012 - Django's way
        migrations.CreateModel(
            name="Bench",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("viewflow.process",),
        )
    ]
