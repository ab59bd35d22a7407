"""How fast the road is walked, and how often the database is asked on the way. ``python -m benchmarks`` prints it."""
