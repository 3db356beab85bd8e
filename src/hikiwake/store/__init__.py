"""The only place that speaks to a database: the catalogue of a vintage, and its tables as expressions."""
