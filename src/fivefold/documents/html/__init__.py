"""The parts of the HTML plan, one file per section of the page."""
