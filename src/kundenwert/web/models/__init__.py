"""Screen: how good the forecasts are."""
