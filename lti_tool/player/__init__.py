"""The learner's pages: the map of the course, its steps, the result."""
