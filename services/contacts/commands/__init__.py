"""What changes the register; one module per capability."""
