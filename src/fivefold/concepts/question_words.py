"""The questions on risk, frame and criteria in plain words, each with what it is for: the same words in the app and on the command line."""

# Each risk question as one may ask it, and what stands behind it.
RISK_WORDS = {
    "imminent": (
        "Is there an intent to die, or could something happen today?",
        "Yes when the patient means to act, or you are worried about the next hours. Yes brings the safety checklist at once.",
    ),
    "new_plan_or_means": (
        "Is there a new plan, or new means at hand?",
        "New against this patient's usual: a method chosen, tablets collected, a place looked at.",
    ),
    "acute_on_chronic": (
        "Are thoughts of suicide above this patient's usual level?",
        "Many people live with such thoughts for years. What counts here is a change against their own baseline.",
    ),
    "harm_to_others": (
        "Has the patient threatened or harmed somebody seriously, or might they?",
        "Threats, assault, plans to harm. Yes brings the duty to protect.",
    ),
    "named_victim_or_weapon": (
        "Is there a named person or a weapon?",
        "Somebody who could be warned, or something that could be used.",
    ),
    "psychosis": (
        "Are there signs of psychosis?",
        "Voices, fixed false beliefs or disordered thought that last beyond a few hours of stress.",
    ),
    "mania": (
        "Are there signs of mania?",
        "Days of little sleep without being tired, racing speech, grand plans, spending, an elated or irritable mood unlike the usual swings.",
    ),
    "delirium": ("Are there signs of delirium?", "Confusion that came quickly and changes over the day: a medical emergency."),
    "intoxication": ("Is the patient intoxicated now, so that it gets in the way?", "Alcohol or drugs in a degree that makes talking or safety impossible."),
    "severe_withdrawal": ("Is the patient in severe withdrawal?", "Shaking, sweating, seizures, confusion after stopping alcohol, benzodiazepines or opioids."),
    "medical_red_flag": (
        "Is there a medical danger: eating disorder red flags, an overdose, an untreated injury?",
        "Very low weight or fast loss, fainting, a slow pulse, an overdose whatever the amount, a wound or burn that needs treatment.",
    ),
    "ongoing_abuse": (
        "Is somebody hurting, threatening or controlling the patient now?",
        "At home, in a relationship, at work or online. Yes closes exploratory and trauma work while safety and advocacy come first.",
    ),
    "sudden_improvement": (
        "Has the patient become suddenly calm or well, without a reason you can see?",
        "Sudden calm can follow a decision to die. Scores may fall at the same time.",
    ),
    "leave_taking": ("Are there signs of saying goodbye?", "Giving things away, letters, settling affairs, thanking you for everything."),
    "dependence": ("Is there dependence on alcohol or drugs?", "Tolerance, withdrawal or loss of control, as you judge it; no score is needed."),
    "loses_orientation_in_session": (
        "Does the patient lose orientation in sessions?",
        "Not knowing where or when they are, or who you are; not coming back when called.",
    ),
}
SAFETY_QUESTIONS = (
    "imminent", "new_plan_or_means", "acute_on_chronic", "harm_to_others", "named_victim_or_weapon", "psychosis", "mania", "delirium",
    "intoxication", "severe_withdrawal", "medical_red_flag", "ongoing_abuse",
)  # fmt: skip
MORE_RISK_QUESTIONS = ("sudden_improvement", "leave_taking", "dependence", "loses_orientation_in_session")
DEPENDANT_WORDS = {
    "present": ("Do children or others depend on the patient?", "Children at home, a parent in care, also part of the week."),
    "safe": ("Are they safe?", "Fed, supervised, not in the middle of violence or attempts. No brings the duty to protect."),
}
CRITERIA_WORDS = {
    1: "Frantic efforts to avoid being left, real or imagined",
    2: "Intense, unstable relationships between idealising and devaluing",
    3: "Markedly unstable sense of self",
    4: "Impulsive in at least two ways that can do harm (spending, sex, substances, driving, eating)",
    5: "Repeated suicidal acts or threats, or self-harm",
    6: "Moods that swing within hours, rarely for more than a few days",
    7: "Chronic emptiness",
    8: "Intense anger that is out of proportion or hard to control",
    9: "Brief paranoid thoughts or severe dissociation under stress",
}
CONTEXT_WORDS = {
    "agreement": ("Is there an agreement on treatment?", "Goals, roles, rules, how crises are handled, how long: both could say it."),
    "contact_route": ("Is there a dependable way to reach the patient?", "A telephone number that works, an address, a person who passes word."),
    "safe_housing": ("Does the patient have safe housing?", "A place to sleep for the next weeks where nobody does harm."),
    "confidant": ("Is there a person the patient can confide in?", "One is enough: a friend, a sister, a neighbour."),
    "role": ("Does the patient have a role: work, study, care for someone, volunteering?", "Anything that others count on."),
}
READINESS_WORDS = {
    "top_goal": ("Is work on the trauma a top goal of the patient now?", "The patient's own, not only yours."),
    "urges_controllable_with_cues": ("Can the patient control urges when reminded of the trauma?", "Urges to self-harm, to use, to run."),
    "tolerates_strong_emotion": ("Can the patient stay with strong emotion?", "Without harm, leaving or dissociating."),
    "no_serious_interfering_behaviour": ("Is therapy free of serious interfering behaviour?", "Yes: nothing that stops sessions from taking place or working."),
}
COMPONENT_WORDS = {
    "bounce_back": ("How quickly does the patient recover after hard times?", ("slowly", "like most people", "quickly")),
    "personality_severity": ("How severe is the personality difficulty?", ("severe", "moderate", "mild or below")),
    "crisis_recovery": ("After a crisis, how long until the patient is back to usual?", ("more than three days", "one to three days", "less than a day")),
    "functioning": ("How does daily life work?", ("hardly (SOFAS below 41)", "with effort (41 to 60)", "well (above 60)")),
    "supports_and_assets": ("Is there a confidant, and is there a role?", ("neither", "one of them", "both")),
}
GENERAL_LABELS = {
    "not_started": "not started",
    "started": "started",
    "provisional": "holds for now",
    "attained": "holds",
    "red": "strained or lost: needs repair",
}
