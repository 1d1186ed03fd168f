"""What is measured: exponents of curves, spectra of Gram matrices and features."""
