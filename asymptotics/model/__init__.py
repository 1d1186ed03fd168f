"""The mean-field equations over expansions, and the table of quantities."""
