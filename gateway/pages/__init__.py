"""Web pages: one module per area, each a Flask blueprint; templates stand on `layout/` and `components/`."""
