"""Pages of a patient's plan: the plan builder, signing, versions, programmes side by side, and goals."""
