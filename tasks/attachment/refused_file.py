"""Why an attachment is refused."""


class FileRefused(Exception):  # noqa: N818 -- a refused file is no error of the program
    """One line in English for logs; never what the file says."""
