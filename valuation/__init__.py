"""What a derived number means: pure functions over exact decimals."""
