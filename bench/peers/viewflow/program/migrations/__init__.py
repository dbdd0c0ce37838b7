"""Django wants one even for a model without a table."""
