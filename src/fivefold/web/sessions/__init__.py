"""Sessions: the workspace of the hour, signed notes, contacts between sessions, process notes."""
