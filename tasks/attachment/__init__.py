"""Files that people attach: images are encoded anew, PDFs with anything that runs are refused."""
