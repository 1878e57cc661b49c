"""What jobs do, one file a kind: `PLUGIN = Kind(...)`. See `kundenwert.web.jobs.kind`."""
