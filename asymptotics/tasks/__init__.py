"""What is learned: a spectrum with a target, multiplicities, measured arrays."""
