"""The company's tables beside the sales lines, one file each: roles, key and named rules. The file name is the table's name."""
