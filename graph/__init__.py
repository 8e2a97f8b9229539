"""What a client may ask, and how a document is executed."""
