"""What only reads, by capability."""
