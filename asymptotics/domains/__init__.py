"""Signs of expressions on a domain of parameters: decided, with witnesses, and tiled."""
