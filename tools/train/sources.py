"""Reads what people wrote: the facts and the phrasings of every author."""
import glob
import json
import os
import random

HERE = os.path.dirname(os.path.abspath(__file__))


def read_json(path):
    """One file."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def facts():
    """Facts by id."""
    return {fact["id"]: fact for fact in read_json(os.path.join(HERE, "corpus", "facts.json"))}


def authors():
    """Every author's file, in order of name."""
    return [read_json(path) for path in sorted(glob.glob(os.path.join(HERE, "corpus", "author-*.json")))]


def lists_of(author):
    """The author's lists under flat names, such as ("facts", "port"); nobody wrote for every skill."""
    out = {}
    for section in ("facts", "smalltalk", "arithmetic", "review"):
        for key, items in author.get(section, {}).items():
            out[section, key] = items
    out["other", ""] = author.get("other", [])
    for kind, parts in author.get("extract", {}).items():
        for part, items in parts.items():
            out[part, kind] = items
    return out


def pool(seed, share_kept_aside):
    """All authors' lists joined, as (training, kept aside); the latter chooses settings and never trains."""
    train, aside = {}, {}
    for i, author in enumerate(authors()):
        for key, items in lists_of(author).items():
            dice = random.Random(f"{seed} {i} {key}")
            items = sorted(set(items))
            dice.shuffle(items)
            n = round(len(items) * share_kept_aside + dice.random() - 0.5) if share_kept_aside else 0
            aside.setdefault(key, []).extend(items[:n])
            train.setdefault(key, []).extend(items[n:])
    return train, aside
