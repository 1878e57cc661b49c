"""Components of customer value: forecasts and booked money become columns of the value table. One file a component."""
