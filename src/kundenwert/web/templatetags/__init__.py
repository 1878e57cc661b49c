"""What templates can do beyond Django's own: words and numbers of the reader, charts, marks in cells."""
