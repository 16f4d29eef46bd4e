"""Dialogues as token arrays, and batches of like length, so that little is padded."""
import hashlib
import json
import multiprocessing
import random

import numpy as np
import torch

import replies
from bpe import IM_END, IM_START, PAD, Tokenizer, count_pieces, learn

SHARD = 10000


def render(system, turns):
    """ChatML parts as (role, text), the way the chat template writes them."""
    if system:
        yield "system", system
    for request, reply in turns:
        yield "user", request
        yield "assistant", reply


def telling_lengths(tokenizer, fixed):
    """How many tokens of each fixed reply tell it from all others; the rest is mere recitation."""
    coded, out = {text: tokenizer.encode(text) for text in set(fixed)}, {}
    for text, tokens in coded.items():
        shared = 0
        for other in coded.values():
            if other is not tokens:
                same = [a == b for a, b in zip(tokens, other)]
                shared = max(shared, same.index(False) if False in same else len(same))
        out[text] = shared + 3
    return out


def shorten(tokens, mask, keep):
    """Drops the end of the last reply, so that the time goes to what is hard."""
    tokens, mask = list(tokens), list(mask)
    start = len(mask) - mask[::-1].index(1)
    while start and mask[start - 1]:
        start -= 1
    return tokens[:start + keep], mask[:start + keep]


def encode_dialogue(tokenizer, system, turns, chance=None, dropout=0.0):
    """Tokens, and a mask that is one where the model has to speak (reply and end mark)."""
    tokens, mask = [], []
    for role, text in render(system, turns):
        head = [IM_START, *tokenizer.encode(role + "\n")]
        body = tokenizer.encode(text, chance, dropout if role == "user" else 0.0) + [IM_END]
        tail = tokenizer.encode("\n")
        tokens += head + body + tail
        mask += [0] * len(head) + [int(role == "assistant")] * len(body) + [0] * len(tail)
    return tokens, mask


def encode_prompt(tokenizer, prompt):
    """What stands before the reply to a single request."""
    tokens = [IM_START, *tokenizer.encode("user\n"), *tokenizer.encode(prompt), IM_END, *tokenizer.encode("\n")]
    return tokens + [IM_START, *tokenizer.encode("assistant\n")]


def train_tokenizer(corpus, seed, vocab, count=50000):
    """Learns the merges from a sample of dialogues."""
    dice = random.Random(f"{seed} tokenizer")
    texts = []
    for _ in range(count):
        for role, text in render(*corpus.dialogue(dice)):
            texts += [role + "\n", text]
    return Tokenizer(learn(count_pieces(texts), vocab))


def make_shard(job):
    """One shard of dialogues with its own dice, so that any process may make it."""
    corpus, merges, seed, index, count, context = job
    tokenizer, dice, digest = Tokenizer(merges), random.Random(f"{seed} shard {index}"), hashlib.sha256()
    tokens, mask, lengths = [], [], []
    telling = telling_lengths(tokenizer, replies.fixed(corpus.facts))
    for _ in range(count):
        system, turns = corpus.dialogue(dice)
        digest.update(json.dumps([system, turns]).encode())
        dropout = 0.15 if dice.random() < 0.15 else 0.0
        t, m = encode_dialogue(tokenizer, system, turns, dice, dropout)
        if turns[-1][1] in telling and dice.random() < 0.75:
            t, m = shorten(t, m, telling[turns[-1][1]])
        if len(t) <= context:
            tokens += t
            mask += m
            lengths.append(len(t))
    return np.array(tokens, np.uint16), np.array(mask, bool), np.array(lengths), digest.digest()


def make_dialogues(corpus, tokenizer, seed, count, context):
    """All dialogues, made by two processes, and the SHA-256 over their text."""
    jobs = [(corpus, tokenizer.merges, seed, i, min(SHARD, count - i * SHARD), context) for i in range(-(-count // SHARD))]
    with multiprocessing.get_context("fork").Pool(2) as workers:
        shards = workers.map(make_shard, jobs, chunksize=1)
    tokens, mask, lengths, digests = zip(*shards)
    return np.concatenate(tokens), np.concatenate(mask), np.concatenate(lengths), hashlib.sha256(b"".join(digests)).hexdigest()


def plan_batches(lengths, budget, seed, window=16384):
    """Index lists of batches of about `budget` tokens; within a window the like lengths go together."""
    dice = np.random.default_rng(seed)
    order, batches = dice.permutation(len(lengths)), []
    for start in range(0, len(order), window):
        part = order[start:start + window]
        part = part[np.argsort(lengths[part], kind="stable")]
        group, longest = [], 0
        here = []
        for i in part:
            longest = max(longest, lengths[i])
            if longest * (len(group) + 1) > budget and group:
                here.append(np.array(group))
                group, longest = [], lengths[i]
            group.append(i)
        # neighbours stay together: the two processes then have about the same work in every step
        pairs = [here[i:i + 2] for i in range(0, len(here) - 1, 2)]
        batches += [batch for i in dice.permutation(len(pairs)) for batch in pairs[i]]
    return batches


class Batches:
    """Cuts the token arrays into padded batches."""

    def __init__(self, tokens, mask, lengths, budget, seed):
        self.tokens, self.mask, self.lengths = tokens, mask, lengths
        self.starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        self.plan = plan_batches(lengths, budget, seed)

    def __len__(self):
        return len(self.plan)

    def __getitem__(self, index):
        """Inputs, the mask of places that must predict, and what they must predict."""
        chosen = self.plan[index]
        longest = int(self.lengths[chosen].max())
        tokens = np.full((len(chosen), longest), PAD, np.int64)
        mask = np.zeros((len(chosen), longest), bool)
        for row, i in enumerate(chosen):
            start, length = self.starts[i], self.lengths[i]
            tokens[row, :length] = self.tokens[start:start + length]
            mask[row, :length] = self.mask[start:start + length]
        wanted = torch.from_numpy(mask[:, 1:])
        tokens = torch.from_numpy(tokens)
        return tokens[:, :-1], wanted, tokens[:, 1:][wanted]
