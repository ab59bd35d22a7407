"""Persons and the identities by which platforms know them."""
