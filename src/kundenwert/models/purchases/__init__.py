"""Purchase models, one file a model."""
