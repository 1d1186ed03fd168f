"""Laws: what is derived from a task, and what is read off it."""
