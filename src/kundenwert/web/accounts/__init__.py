"""People: who may sign in, as what, and with which language."""
