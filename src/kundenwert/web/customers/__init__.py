"""Screen: all customers, and one customer."""
