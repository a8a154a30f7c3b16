"""What reads the register and changes nothing; one module per capability."""
