"""Scenarios on the tables of a vintage: baseline, elasticities, and what a shock would change."""
