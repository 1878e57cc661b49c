"""The words of the app, explained on one page that every screen leads to."""
