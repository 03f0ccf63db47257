"""Whom the calendar reminds (DOMAIN 13), a file a job: what is due is asked by dates, whom it is about in pieces."""
