"""Ways out of the house: a mail server, an SMS gateway."""
