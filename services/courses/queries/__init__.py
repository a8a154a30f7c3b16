"""What reads the data of courses, by capability."""
