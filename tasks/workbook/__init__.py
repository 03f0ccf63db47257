"""The only code that knows spreadsheet files."""
