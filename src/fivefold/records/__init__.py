"""The clinic's record: what happened, to whom, by whom, and when it was true. The only place that knows the database."""
