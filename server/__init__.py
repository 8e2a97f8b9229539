"""How it runs: the HTTP edge, the command line, settings."""
