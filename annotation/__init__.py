"""PEOPLE: datasets, what is asked of whom, and what they answered. Knows nothing of Celery, HTTP clients or file formats."""
