"""The limit: one small transaction of the database, as bare as it can be."""
