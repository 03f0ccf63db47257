"""The JSON interface for employers' programs and for scripts: the same actions as the pages (`/api/v1/docs`)."""
