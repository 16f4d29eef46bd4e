"""Asks the model file questions, greedily, and grades the replies."""
import argparse
import json
import math
import os
import random
import re
from collections import defaultdict

import torch

import replies
import sources
from arithmetic import operands
from bpe import IM_END
from corpus import KINDS, fill
from dataset import encode_prompt
from export import load

BEYOND = ("email", "sentiment")
# as the engine judges: what follows a good beginning is nearly always good
JUDGED_TOKENS = 12
RULES = {
    "facts": "the fact's answer word for word, or all of its key words in the reply (the honest sentence never counts)",
    "smalltalk": "the fixed reply of its kind",
    "date": "exactly the value after trimming",
    "phone": "exactly the value after trimming",
    "amount": "exactly the value after trimming",
    "email": "the honest sentence: this is beyond micro",
    "sentiment": "the honest sentence: this is beyond micro",
    "missing": "the fixed sentence that the value is not there (validation only)",
    "add": "the last number of the reply",
    "subtract": "the last number of the reply",
    "other": "the honest sentence, word for word",
}


@torch.no_grad()
def answer(model, tokenizer, prompts, longest=140):
    """Greedy replies with their confidence; prompts of one length go as one batch."""
    groups, out = defaultdict(list), [None] * len(prompts)
    for i, prompt in enumerate(prompts):
        tokens = encode_prompt(tokenizer, prompt)
        groups[len(tokens)].append((i, tokens))
    for length, group in sorted(groups.items()):
        past = [[] for _ in model.blk]
        tokens, start = torch.tensor([t for _, t in group]), 0
        written, logs, done = [[] for _ in group], [[] for _ in group], set()
        for _ in range(min(longest, model.shape.context - length)):
            last = model(tokens, past=past, start=start)[:, -1]
            start += tokens.shape[1]
            best, tokens = last.log_softmax(-1).max(-1)
            for row, (log, token) in enumerate(zip(best.tolist(), tokens.tolist())):
                if row not in done:
                    logs[row].append(log)
                    if token == IM_END:
                        done.add(row)
                    else:
                        written[row].append(token)
            if len(done) == len(group):
                break
            tokens = tokens[:, None]
        for row, (i, _) in enumerate(group):
            text = tokenizer.decode(written[row])
            out[i] = (text, confidence(text, logs[row]))
    return out


def confidence(text, logs):
    """Probability of the words that decide: the beginning of a sentence, all of a value or of a worked sum."""
    whole = len(text) <= 40 or re.match(r"\d+ [+-] ", text)
    return math.exp(sum(logs if whole else logs[:JUDGED_TOKENS]))


def right(case, reply, facts):
    """Applies the rule of the case's skill."""
    skill, reply = case["skill"], reply.strip()
    if skill == "facts":
        fact = facts[case["fact"]]
        return reply != replies.HONEST and (reply == fact["answer"] or all(k in reply.lower() for k in fact["keys"]))
    if skill == "smalltalk":
        return reply == replies.SMALLTALK[case["kind"]]
    if skill in ("add", "subtract"):
        return re.findall(r"\d+", reply)[-1:] == [str(case["expect"])]
    return reply == (replies.HONEST if skill in ("other", *BEYOND) else case["expect"].strip())


def plausible(prompt, reply):
    """The plain checks an engine can make: an extraction is in the prompt, an echo repeats its numbers, sums add up."""
    problem = re.match(r"(\d+) ([+-]) (\d+):.* = (\d+)\.$", reply)
    if problem:
        a, b, result = int(problem[1]), int(problem[3]), int(problem[4])
        numbers = re.findall(r"\d+", prompt)
        return str(a) in numbers and str(b) in numbers and result == (a + b if problem[2] == "+" else a - b)
    return reply in replies.fixed(sources.facts()) or reply in prompt


def validation_cases(aside, seed):
    """Plain prompts out of the phrasings kept aside from training; they choose settings, not the final figure."""
    dice, cases = random.Random(f"{seed} validation"), []
    for (part, key), items in sorted(aside.items()):
        for text in items:
            if part == "facts":
                cases.append({"skill": "facts", "fact": key, "prompt": text})
            elif part == "smalltalk":
                cases.append({"skill": "smalltalk", "kind": key, "prompt": text})
            elif part == "other":
                cases.append({"skill": "other", "prompt": text})
            elif part == "arithmetic":
                for _ in range(3):
                    a, b = operands(key, dice)
                    prompt = text.replace("{a}", str(a)).replace("{b}", str(b))
                    cases.append({"skill": key, "prompt": prompt, "expect": str(a + b if key == "add" else a - b)})
            elif part == "review" and key != "ask":
                prompt = dice.choice(aside["review", "ask"]).replace("{text}", text)
                cases.append({"skill": "sentiment", "prompt": prompt, "expect": key})
            elif part == "text" and key != "missing":
                for _ in range(2):
                    sentence, value = fill(text, dice, key)
                    ask = dice.choice(aside["ask", key])
                    cases.append({"skill": key, "prompt": ask.replace("{text}", sentence), "expect": value})
            elif part == "text":
                kind = dice.choice(KINDS)
                cases.append({"skill": "missing", "prompt": dice.choice(aside["ask", kind]).replace("{text}", text), "expect": replies.MISSING[kind]})
    return cases


def heldout_cases():
    """The evaluation set, which nobody trains on."""
    with open(os.path.join(sources.HERE, "eval", "prompts.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def evaluate(path, cases):
    """The report over all cases: per skill, overall, and coverage against error for bounds of confidence."""
    model, tokenizer, _ = load(path)
    facts, records = sources.facts(), []
    for case, (reply, sure) in zip(cases, answer(model, tokenizer, [c["prompt"] for c in cases])):
        records.append({
            **case, "reply": reply, "right": right(case, reply, facts),
            "confidence": round(sure, 4), "plausible": plausible(case["prompt"], reply),
        })
    skills = {}
    for record in records:
        entry = skills.setdefault(record["skill"], {"right": 0, "total": 0})
        entry["right"] += record["right"]
        entry["total"] += 1
    for entry in skills.values():
        entry["percent"] = round(100 * entry["right"] / entry["total"], 1)
    good = sum(r["right"] for r in records)
    return {
        "prompts": len(records), "right": good, "percent": round(100 * good / len(records), 1), "skills": skills,
        "rules": {s: RULES[s] for s in skills}, "without_shared_wording": unshared(records), "coverage": coverage(records), "records": records,
    }


def letters(text):
    """A wording without case and punctuation; numbers count as alike."""
    return re.sub(r"[^a-z0]+", " ", re.sub(r"\d+", "0", text.lower())).strip()


def unshared(records):
    """The figures without the prompts that an author happened to write too (short ones mostly, such as "hello")."""
    pool, _ = sources.pool(0, 0.0)
    texts = {letters(re.sub(r"{[ab]}", "0", text)) for items in pool.values() for text in items}
    left = [r for r in records if letters(r["prompt"]) not in texts]
    skills = {s: [r["right"] for r in left if r["skill"] == s] for s in dict.fromkeys(r["skill"] for r in left)}
    return {
        "prompts": len(left), "right": sum(r["right"] for r in left), "percent": round(100 * sum(r["right"] for r in left) / max(1, len(left)), 1),
        "skills": {s: {"right": sum(marks), "total": len(marks)} for s, marks in skills.items()},
    }


def coverage(records):
    """How much is answered, and how much of that is wrong, when doubtful replies are held back."""
    table = []
    for bound in (None, 0.0, 0.25, 0.5, 0.75, 0.9, 0.97):
        kept = [r for r in records if bound is None or (r["plausible"] and r["confidence"] >= bound)]
        wrong = sum(not r["right"] for r in kept)
        table.append({
            "checks_and_bound": bound, "answered_percent": round(100 * len(kept) / len(records), 1),
            "wrong_percent_of_answered": round(100 * wrong / max(1, len(kept)), 1),
        })
    return table


def print_report(report):
    """The table for people."""
    for skill, entry in report["skills"].items():
        print(f"{skill:10} {entry['right']:4}/{entry['total']:<4} {entry['percent']:5.1f} %")
    print(f"{'overall':10} {report['right']:4}/{report['prompts']:<4} {report['percent']:5.1f} %")
    rest = report["without_shared_wording"]
    print(f"wording that no author has: {rest['right']}/{rest['prompts']} {rest['percent']} %", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Evaluate a model file on the held-out prompts.")
    parser.add_argument("model", nargs="?", default=os.path.join(sources.HERE, "..", "..", "models", "micro.gguf"))
    torch.set_num_threads(1)
    print_report(evaluate(parser.parse_args().model, heldout_cases()))
