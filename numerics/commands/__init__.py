"""The subcommands of bottlenecks, one module each."""
