"""The full mean-field model of random-feature regression, solved numerically, beside the laws."""
