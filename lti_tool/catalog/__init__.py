"""Published releases of packs."""
