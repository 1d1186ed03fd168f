"""Law against model: reference values, prediction, judge, summary."""
