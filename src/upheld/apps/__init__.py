"""
The service: one Django app per noun; models, services (writes), selectors (reads).

Services alone write, keyword-only and in one transaction; selectors alone query; the core decides.
"""
