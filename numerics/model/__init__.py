"""The full mean-field model: renormalised ridge, contours, two-time kernels, training rules."""
