"""What the calendar does by itself (DOMAIN 13), a file a job; schedule.py names them all."""
