"""`python -m server` is `accrual`."""

from server.cli import main

main()
