"""How a field is answered: batches of keys at one epoch."""
