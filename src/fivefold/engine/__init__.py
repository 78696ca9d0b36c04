"""The verbs: pure functions from concepts to concepts, each with its explanation.

``today`` is an argument (the assessment's ``as_of``); the same input gives the same output, byte for byte.
"""

ENGINE_VERSION = "1.0.0"
