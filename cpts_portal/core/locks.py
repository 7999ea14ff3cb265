"""One at a time: exclusive work inside a transaction."""

from django.db import connection, models


def lock_tables(*tables: type[models.Model]) -> None:
    """Keep everybody else from writing these tables until the end of the transaction; reading stays possible.

    PostgreSQL only: on SQLite our transactions already take the single write lock when they begin.
    """
    if connection.vendor == "postgresql":
        names = ", ".join(connection.ops.quote_name(table._meta.db_table) for table in tables)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
