"""What changes data, by capability."""
