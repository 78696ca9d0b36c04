"""What is said and written in the synthetic clinic: goals with their levels, notes, and patients' views. All of it invented."""

CONSENTS = {"treatment": True, "supervision": True, "carers": False, "letters": True, "messages": True, "research": False}

PATIENT_VIEWS = {
    "agrees": "This is what I want to work on, and in this order.",
    "partly": "Most of it fits. I am not sure about starting with the plan for hard moments again.",
    "disagrees": "I would rather begin with my relationships. I see why you want to start elsewhere.",
    "not_asked": "",
}

# Goal, five levels from much less than hoped for to much better, and the module it belongs to.
GOALS: dict[str, tuple[str, tuple[str, str, str, str, str], str]] = {
    "evening": (
        "I want to get through a bad evening without hurting myself.",
        (
            "Hurt myself on most bad evenings",
            "Every second bad evening",
            "Got through three of four with my plan",
            "Got through all in a month",
            "The urge passes by itself",
        ),
        "S04",
    ),
    "reply": (
        "I want to wait before I answer a message that makes me furious.",
        (
            "Answer at once, every time",
            "Waited once this month",
            "Wait an hour most times",
            "Wait until I can say it calmly",
            "Say what hurt me, and we stay friends",
        ),
        "S13",
    ),
    "week": (
        "I want a week that has a shape: up by nine, one thing done, one person seen.",
        ("No day with a shape", "One day a week", "Three days a week", "Five days a week", "A week of my own making, with work in it"),
        "S30",
    ),
    "sleep": (
        "I want to sleep at night and be awake in the day.",
        ("Awake until five most nights", "Two good nights a week", "Four good nights a week", "Six good nights", "Sleep is nothing I think about"),
        "S16",
    ),
    "no": (
        "I want to be able to say no to my sister once without feeling sick for days.",
        (
            "Said yes to everything",
            "Thought of a no",
            "Said no once, felt bad for two days",
            "Said no twice, slept the same night",
            "Say what I want as a matter of course",
        ),
        "S20",
    ),
    "friend": (
        "I want one friendship that survives an argument.",
        ("Broke it off again", "Wrote, but did not meet", "Met again after one argument", "Two arguments survived", "We laugh about it"),
        "S19",
    ),
    "self": (
        "I want to know what I like, not what the others like.",
        ("No idea", "One thing that is mine", "Three things, tried out", "Chose something against advice", "Know it and stand by it"),
        "S26",
    ),
    "drink": (
        "I want three days a week without drinking, and then more.",
        ("Every day", "One day without", "Three days without", "Five days without", "A month without"),
        "S06",
    ),
    "here": (
        "I want to notice when I drift away, and come back.",
        ("Lose whole hours", "Notice afterwards", "Notice while it happens, twice a week", "Come back within minutes", "Stay, even when it is hard"),
        "S14",
    ),
}

# Notes of the first assessment, by impairment: one clinician's words, about nobody.
INTAKE_NOTES = {
    "suicidality": "thoughts of not being there on most evenings; no plan today; has told nobody until now",
    "self_harm": "began at fifteen; after arguments and after phone calls from home; tends the wounds alone",
    "crisis": "two nights in the emergency department this year; settles when somebody stays",
    "substance_use": "drinks to fall asleep; knows the number of glasses without counting",
    "eating": "skips meals for days, then eats at night until it hurts",
    "depression": "heavy mornings, little pleasure; says work is the only thing that still holds",
    "anxiety": "heart races on the tram; has not met more than two people at once since spring",
    "ptsd": "pictures when a door falls shut; avoids the street of the old flat",
    "dissociation": "loses the thread and half an hour with it; comes back when cold water helps",
    "sleep": "awake until three, up at noon on days without work",
    "emotion_awareness": '"fine" and "tight" are the words for most feelings',
    "distress_tolerance": "says a feeling has to stop at once or something will break",
    "emotion_regulation": "from calm to shouting in minutes, ashamed for days afterwards",
    "impulsivity": "bought a second bicycle and quit a course in the same week",
    "anger": "a plate thrown, nobody hurt; frightened by it",
    "attention_rumination": "goes over one sentence of a friend for whole nights",
    "abandonment_rejection_sensitivity": "an unanswered message is the end of the friendship until it is answered",
    "submissiveness": "cannot remember the last time of saying no",
    "hostility_conflict": "three jobs lost in arguments; expects the fourth to end like that",
    "intimacy": "close for two weeks, then every touch is too much",
    "social_avoidance": "orders everything home so that nobody is met",
    "mentalizing": "when upset knows for certain what everyone thinks",
    "maladaptive_schemas": '"whoever knows me will leave" runs through every story told',
    "family_burden": "mother calls the practice in tears; wants to know what to do",
    "shame_self_criticism": '"disgusting" is the word for the own person, said without raising the voice',
    "identity": "studied three subjects, took on the hobbies of each partner",
    "emptiness": "describes a room with the light off, most of the week",
    "agency": "plans stay plans; says life happens elsewhere",
    "constricted_life_role": "between jobs; days begin when the others come home",
    "motivation_low": "came because the partner asked; is not sure what should change",
    "medication_problem": "four drugs from three doctors, nobody knows what for",
    "restricted_expression": "calm voice, hands that tear paper",
    "compulsivity": "rewrites every message until the day is over",
    "alliance_problem": "left two therapists after the holidays; says so in the first hour",
    "no_agreement": "does not want rules about crises written down yet",
}

# How it hangs together, by impairment: the problem as one says it, where it comes from, what sets it off, what keeps it going.
FORMULATIONS = {
    "self_harm": (
        "I cut when it gets too loud inside",
        "Nobody at home asked how I was; only what could be seen counted",
        "An argument, or no answer to a message",
        "It is quiet for an hour, then the shame comes and the next time is nearer",
    ),
    "suicidality": (
        "On some evenings I do not want to be there any more",
        "I learned early that I am one too many",
        "Being alone after a day that went wrong",
        "I tell nobody, so nobody can stay with me",
    ),
    "emotion_regulation": (
        "From calm to shouting in minutes",
        "At home only the loudest was heard",
        "Being told to calm down",
        "Afterwards I am ashamed and hold everything in until it bursts again",
    ),
    "anger": (
        "I break things and frighten the people I like",
        "Giving in was what one was beaten for",
        "Feeling laughed at",
        "They tiptoe around me, and I feel that they do",
    ),
    "abandonment_rejection_sensitivity": (
        "When somebody is late I am sure that it is over",
        "My mother was gone for weeks, and nobody said for how long",
        "A message without an answer",
        "I test them until they really go",
    ),
    "emptiness": (
        "A room with the light off, most of the week",
        "What I liked was never asked about",
        "Coming home to an empty flat",
        "I do nothing, so nothing happens that could fill it",
    ),
    "identity": (
        "I am whoever I am with",
        "I had to be what my father needed that day",
        "Having to choose something by myself",
        "I copy the next person and know even less who I am",
    ),
    "dissociation": (
        "I drift away and lose half an hour",
        "There was no other way out then",
        "A door that falls shut",
        "Because I am away, nothing new is learned about what is safe now",
    ),
    "shame_self_criticism": (
        "Disgusting is my word for myself",
        "Praise was always followed by a but",
        "A mistake that somebody has seen",
        "I hide what went wrong, so nobody can say that it is small",
    ),
    "social_avoidance": (
        "I order everything home so that I meet nobody",
        "At school I was the one they laughed about",
        "An invitation",
        "I stay at home and never find out that it would have gone well",
    ),
    "depression": (
        "Heavy mornings and little joy",
        "Two losses in one year, and no time to grieve",
        "A day without a plan",
        "I stay in bed, and by the evening I have one more reason",
    ),
    "substance_use": (
        "I drink to fall asleep",
        "My father did it the same way",
        "Lying awake after midnight",
        "I wake at four, tired and on edge, and need it again",
    ),
    "submissiveness": (
        "I say yes and then I am angry for days",
        "A no was the end of the conversation at home",
        "Somebody asks me for something",
        "They ask again, because I always say yes",
    ),
}
STRENGTHS = (
    "One friend who stays when I am difficult",
    "I keep appointments, even on bad days",
    "Drawing; I forget the time over it",
    "My sister calls every Sunday",
    "I can laugh about myself",
)

# What patients bring to a session, what a therapist makes of it, and what is tried until next time.
BROUGHT = (
    "I nearly did not come. Then I thought I would say it here.",
    "It was a quiet week. I do not trust it yet.",
    "We argued on Sunday. I left the room before it got loud.",
    "I slept badly and everything was too much by noon.",
    "I wrote the diary on four days. The other three I forgot.",
    "My sister called. I said no, and nothing fell apart.",
    "I felt empty again, mostly in the evening.",
    "Work went all right. I noticed that I was waiting for it to go wrong.",
)
MADE_OF_IT = (
    "Named the feeling unprompted twice. The urge came later and was shorter.",
    "Tired and withdrawn at first; with us again after we had slowed down.",
    "Saw the link between the quarrel and the evening without being led to it.",
    "Wants more than the week can hold; one thing at a time was agreed.",
    "Carries the agreed steps into the family; work is still hard.",
    "Doubts whether it helps. We looked at the map together.",
)
TO_TRY = (
    "One line a day: what happened, the feeling, a number",
    "Stop, name it, wait ten minutes, then decide",
    "One walk with nothing in the ears",
    "Say one small no this week",
    "Up by nine on four days",
    "Read the page about this module and mark what fits",
)

# What is brought to supervision, and what is agreed there with the page on which it is done.
QUESTIONS = (
    "We are polite with each other and nothing moves. What am I avoiding?",
    "I am asked whether I will be there after the summer. I answer too fast each time.",
    "How long do I stay with the chain when it is called boring?",
    "I notice that I look forward to the cancelled hour. What does that tell about the two of us?",
    "The homework is done for me and not for its own sake. How do I say that without shaming anybody?",
    "Is it too early for the next module, or am I the one who is cautious?",
    "The partner rings me. Where is the line?",
    "I felt blamed last week and explained myself. How do I get back to it?",
)
AGREED = (
    ("Say aloud that the hour is polite, and ask what would be risky to say here.", "session"),
    ("Name the date of the holiday today, and write down what both do in that week.", "session"),
    ("Look at the formulation again: the loop with shame is missing.", "formulation"),
    ("Ask the open safety questions before anything else next time.", "assessment_safety"),
    ("Review the plan with the patient; decide then whether the next module begins.", "plan"),
    ("Ask for consent before speaking with the partner again.", "elsewhere"),
)

# What a therapist thinks to themselves after an hour: psychotherapy process notes, which nobody else ever reads.
PROCESS_NOTES = (
    "I was tired before the hour began and noticed it only when I looked at the clock. I want to ask myself what I did not want to hear.",
    "The silence after the third sentence was mine. I filled it with advice. Next time I wait.",
    "I felt small when the last therapist was praised. Is this what it is like to be compared every day?",
    "There was warmth today, and I became careful at once. Take this to my own supervision before I act on it.",
)

# Questions in a patient's own words, with what 0 and 10 mean.
OWN_QUESTIONS = (
    ("How far away was everything today?", "right here", "behind glass"),
    ("How much did I need someone to answer at once?", "I could wait", "I could not bear it"),
    ("How loud was the voice that says I am too much?", "quiet", "all there was"),
)

# Where a session differed from plan, by the kinds of the knowledge base, and why.
DEPARTURES = (
    ("adapted", "Drawn instead of written: words were too fast today."),
    ("safety_first", "Came after a night without sleep; the plan for hard moments was gone through first."),
    ("other_step", "The quarrel of Sunday was fresh; the step of next week fitted better."),
    ("left_out", "Homework was left out: it had become one more thing to fail at."),
)
