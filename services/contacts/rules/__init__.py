"""What is true of contacts whatever stores them: names, addresses, additional fields, filters, cells of files."""
