"""How much a pair trades beside what is expected of it: structural gravity without the pair itself."""
