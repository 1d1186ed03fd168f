"""The HTML page and the LaTeX article."""
