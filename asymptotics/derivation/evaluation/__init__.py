"""Numbers for the sides of a step, by sums and contours that know nothing of its derivation."""
