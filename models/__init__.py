"""The business: rules (pure), records (tables), actions (what people do), queries (what pages ask)."""
