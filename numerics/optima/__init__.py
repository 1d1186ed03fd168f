"""Scaling functions and the compute-optimal frontier."""
