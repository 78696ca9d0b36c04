"""The patient's own pages, and the pages on which their therapist opens and prepares them."""
