"""Changes of identity."""
