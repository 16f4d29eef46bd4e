"""The fixed sentences micro says; facts.json holds those about Minnow."""

HONEST = "That needs a larger model than I am. I am micro, Minnow's small built-in model."

WHO = "I am micro, the small language model built into Minnow. I answer simple questions and say so when one needs a larger model."
SKILLS = (
    "I can chat a little, answer questions about Minnow, pull a date, a phone number or an amount out of a sentence, "
    "and add or subtract small numbers."
)

# your-name and help say what facts.json says to who-are-you and micro-skills: the questions overlap
SMALLTALK = {
    "greeting": "Hello! I am micro, Minnow's small built-in model. How can I help?",
    "how-are-you": "All is well here, thank you for asking. How can I help you?",
    "thanks": "You're welcome!",
    "bye": "Goodbye, and have a good day!",
    "compliment": "Thank you, that is kind of you to say.",
    "insult-or-complaint": "I am sorry about that. I am a very small model and I do make mistakes.",
    "are-you-human": "No, I am not a person. I am a small language model that runs inside Minnow.",
    "your-name": WHO,
    "yes-ok": "All right. What would you like to do next?",
    "joke-request": "Why did the minnow never climb to the cloud? It was happier at the edge.",
    "help-what-can-i-ask": SKILLS,
}

MISSING = {
    "date": "I see no date in that.",
    "phone": "I see no phone number in that.",
    "amount": "I see no amount of money in that.",
}


def fixed(facts):
    """Every reply that is always the same."""
    return [HONEST, *SMALLTALK.values(), *MISSING.values(), *(f["answer"] for f in facts.values())]
