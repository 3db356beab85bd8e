"""The section on complementarity: whose exports fit whose imports, and what trade makes of it."""
