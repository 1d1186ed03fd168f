"""Text and LaTeX to SymPy, over a whitelist of names and syntax nodes."""
