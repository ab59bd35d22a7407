"""Tenants: schools, their platforms (LTI registrations), deployments and course contexts."""
