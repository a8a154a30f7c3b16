"""Flows of identity with several transactions: limits are counted even when a try fails."""
