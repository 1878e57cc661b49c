"""Screen: customers by attractiveness and position."""
