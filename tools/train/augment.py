"""Small changes of wording that leave the meaning alone."""
import re

import lists

SYNONYM_OF = {}
for group in lists.SYNONYMS:
    for phrase in group:
        SYNONYM_OF.setdefault(phrase, []).extend(p for p in group if p != phrase)
SYNONYM = re.compile(r"\b(" + "|".join(sorted(map(re.escape, SYNONYM_OF), key=len, reverse=True)) + r")\b", re.I)
HOW_TO = re.compile(r"^(" + "|".join(sorted(map(re.escape, lists.HOW_TO), key=len, reverse=True)) + r")\b ", re.I)
WHAT_IS = re.compile(r"^(what is|what's|whats) ", re.I)
FILLERS = "a an the to of is are do does i you it me my can in on for with and that this please be there any".split()
NEAR = {"a": "sq", "b": "vn", "c": "xv", "d": "sf", "e": "wr", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk", "k": "jl", "l": "k", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "w", "r": "et", "s": "ad", "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x"}


def typo(text, dice):
    """One slip of the finger inside a word of letters."""
    spots = [m.start() for m in re.finditer(r"(?<=[a-zA-Z])[a-z](?=[a-z])", text)]
    if not spots:
        return text
    i = dice.choice(spots)
    kind = dice.randrange(4)
    if kind == 0:
        return text[:i] + text[i + 1:]
    if kind == 1:
        return text[:i] + text[i + 1] + text[i] + text[i + 2:]
    if kind == 2:
        return text[:i] + text[i] + text[i:]
    return text[:i] + dice.choice(NEAR[text[i]]) + text[i + 1:]


def lower_first(text):
    """Small first letter, unless the word looks like a name or a command in capitals."""
    return text[0].lower() + text[1:] if len(text) > 1 and not text[1].isupper() else text


def synonyms(text, dice, chance):
    """Exchanges some words for others that may stand there."""
    return SYNONYM.sub(lambda m: dice.choice(SYNONYM_OF[m[0].lower()]) if dice.random() < chance else m[0], text)


def openings(text, dice):
    """Asks the same thing with another beginning."""
    if HOW_TO.match(text):
        return HOW_TO.sub(lambda _: dice.choice(lists.HOW_TO) + " ", text)
    return WHAT_IS.sub(lambda _: dice.choice(lists.WHAT_IS) + " ", text)


def lose_words(text, dice):
    """Leaves out little words, or now and then any one word, as hasty people do."""
    words = text.split(" ")
    if len(words) < 5:
        return text
    if dice.random() < 0.6:
        words = [w for w in words if w.lower() not in FILLERS or dice.random() < 0.5] or words
    else:
        del words[dice.randrange(len(words))]
    return " ".join(words)


def frame(text, dice):
    """Polite or chatty words in front or behind."""
    if dice.random() < 0.6:
        text = dice.choice(lists.FRONTS) + (lower_first(text) if dice.random() < 0.8 else text)
    if dice.random() < 0.4:
        text = text.rstrip("?!. ") + dice.choice(lists.BACKS)
    return text


def dress(text, dice):
    """Case and final punctuation as they come from a keyboard."""
    roll = dice.random()
    if roll < 0.3:
        text = text.lower()
    elif roll < 0.33:
        text = text.upper()
    elif roll < 0.5:
        text = text[0].upper() + text[1:]
    roll = dice.random()
    if roll < 0.2:
        text = text.rstrip("?!. ") or text
    elif roll < 0.28:
        text = (text.rstrip("?!. ") or text) + dice.choice(["?", "??", "!", ".", " ?", "...", "?!"])
    return text


def vary(text, dice, deep):
    """A variation of a request; deep ones touch the words too, shallow ones only the edges."""
    if deep and dice.random() < 0.75:
        if dice.random() < 0.4:
            text = openings(text, dice)
        if dice.random() < 0.5:
            text = synonyms(text, dice, 0.3)
        if dice.random() < 0.25:
            text = lose_words(text, dice)
    if dice.random() < 0.2:
        text = frame(text, dice)
    if dice.random() < 0.12:
        text = typo(text, dice)
    if dice.random() < 0.04:
        text = typo(text, dice)
    return dress(text, dice).strip() or text
