"""Words of the field: countries, facts and their provenance, documents, errors. No input or output."""
