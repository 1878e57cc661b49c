"""Work that takes longer than a page: jobs with progress, cancel and log."""
