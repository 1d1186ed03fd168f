"""One function at many points, streamed to a file."""
