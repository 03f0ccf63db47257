"""An import as its pages tell it: while it runs, what became of it, row by row, and in one line."""
