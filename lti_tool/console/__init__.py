"""The operator's and the administrator's desk: whether the connection with a platform holds."""
