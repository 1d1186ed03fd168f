"""Constants that are sums over modes, as SymPy functions with numbers to any precision."""
