"""Training: cases to practise on, feedback beside two keyings and the engine, and a way through the library."""
