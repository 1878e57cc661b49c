"""The data that ship with the product: the sales lines of a real wholesaler."""
