"""What pages and commands ask of records: read-only, a fixed number of statements each."""
