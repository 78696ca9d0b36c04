"""Measures: what is planned and due of a patient, giving questionnaires out, and the questionnaire as a patient meets it."""
