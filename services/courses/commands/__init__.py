"""What changes the data of courses, by capability."""
