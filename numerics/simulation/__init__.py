"""Finite models, drawn and trained."""
