"""Records to pages people read. One file a report, one file a chart under `charts`; words and numbers come from `language`."""
