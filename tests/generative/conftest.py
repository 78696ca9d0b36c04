"""How many examples the generative tests look at: the same 150 on every run, or many new ones on request.

``pytest --hypothesis-profile long tests/generative`` looks further.
"""

from hypothesis import HealthCheck, Phase, settings

settings.register_profile("ci", max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
settings.register_profile(
    "long", max_examples=1000, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate)
)
settings.load_profile("ci")
