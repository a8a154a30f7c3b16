"""What reads membership's data, by capability."""
