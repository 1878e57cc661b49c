"""Screen: the customer result, contribution I to IV."""
