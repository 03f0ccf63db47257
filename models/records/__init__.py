"""SQLAlchemy tables, one file a noun, and the database they live in."""
