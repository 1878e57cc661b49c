"""The use cases: the only room that knows the whole way. One file a use case."""
