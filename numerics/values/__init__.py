"""Numbers with errors, fields of any precision, checked inputs."""
