"""Kernels, Dirichlet series, spectral sums by residues, and overlaps of two functions of time."""
