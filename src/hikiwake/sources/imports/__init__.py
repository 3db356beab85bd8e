"""Tables of flows that users bring: read without trust, every row counted, written as a vintage."""
