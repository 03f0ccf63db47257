"""One uploaded roster, from bytes to people."""
