"""Terms, remainders, the algebra of expansions, and their reversion."""
