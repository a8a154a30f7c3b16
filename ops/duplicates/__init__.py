"""How well the scan for duplicates finds what it should: invented registers with known doubles (C13)."""
