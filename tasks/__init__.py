"""Work outside a request: the Celery app, the life of a job, and the jobs themselves."""
