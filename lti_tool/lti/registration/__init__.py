"""Dynamic Registration 1.0: a platform's configuration is fetched and judged, and the tool registers itself there."""
