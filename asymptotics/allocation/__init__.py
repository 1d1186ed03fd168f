"""The best split of a budget: its terms, the programme that splits it, its phases and their proof."""
