"""The assessment as a conversation in the terminal: questions, the file they fill, and the way through them."""
