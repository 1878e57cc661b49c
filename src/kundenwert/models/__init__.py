"""Models of purchases and spend: histories in, forecasts out."""
