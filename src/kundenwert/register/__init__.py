"""What people decide: small append-only tables and an audit log whose entries are chained. See docs/method/register.md."""
