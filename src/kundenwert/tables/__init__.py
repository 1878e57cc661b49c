"""The shape of each table: columns, types, known names and named rules. Table code is SQL in its own file."""
