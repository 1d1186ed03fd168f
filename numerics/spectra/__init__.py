"""Eigenvalues and target as functions of a complex index, or as arrays."""
