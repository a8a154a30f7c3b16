"""What changes notify's data: one module per capability."""
