"""How fast it is: loads, servers to compare with, and the table they give."""
