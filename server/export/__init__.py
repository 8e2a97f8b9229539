"""Whole tables taken away: orders, the worker that fills them page by page, and the files that callers fetch."""
