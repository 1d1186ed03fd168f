"""Spectral sums as finite rules of nodes and weights."""
