"""Placements, attempts, answers, progress: what happens between a launch and a result."""
