"""From the store to small tables and facts. Each measure stands beside its `Formula`."""
