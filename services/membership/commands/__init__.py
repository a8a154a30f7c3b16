"""What changes membership's data, by capability."""
