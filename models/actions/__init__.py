"""What people do to records, one transaction each."""
