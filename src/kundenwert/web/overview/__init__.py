"""Screen: what the customer base is worth."""
