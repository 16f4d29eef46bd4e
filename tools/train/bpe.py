"""Byte-level BPE in GPT-2's manner, with llama.cpp's "smollm" pre-tokenizer: every digit stands alone."""
import re
from collections import Counter

SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
PAD, IM_START, IM_END = 0, 1, 2
DIGIT = re.compile(r"(\d)")
GPT2 = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")


def byte_letters():
    """GPT-2's table from bytes to printable letters, in which GGUF files spell tokens."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table, extra = {}, 0
    for byte in range(256):
        if byte in printable:
            table[byte] = chr(byte)
        else:
            table[byte] = chr(256 + extra)
            extra += 1
    return table


LETTERS = byte_letters()
BYTES = {letter: byte for byte, letter in LETTERS.items()}


def pieces(text):
    """Cuts text the way llama.cpp does: first every digit off, then GPT-2's rule on what is between."""
    for part in DIGIT.split(text):
        if part:
            yield from GPT2.findall(part)


def spell(piece):
    """A piece as the letters of its bytes."""
    return [LETTERS[b] for b in piece.encode("utf-8")]


def merge_pair(word, pair):
    """Joins every occurrence of a pair in a list of symbols."""
    out, i = [], 0
    while i < len(word):
        if i + 1 < len(word) and word[i] == pair[0] and word[i + 1] == pair[1]:
            out.append(word[i] + word[i + 1])
            i += 2
        else:
            out.append(word[i])
            i += 1
    return out


def learn(counts, vocab_size):
    """Finds the most frequent pairs until the vocabulary is full; ties go to the alphabet, for reproducibility."""
    words = [(spell(piece), n) for piece, n in sorted(counts.items())]
    where, totals = {}, Counter()
    for i, (word, n) in enumerate(words):
        for pair in zip(word, word[1:]):
            totals[pair] += n
            where.setdefault(pair, set()).add(i)
    merges = []
    while len(SPECIALS) + 256 + len(merges) < vocab_size:
        best = max(totals, key=lambda p: (totals[p], p))
        merges.append(best)
        for i in where.pop(best):
            word, n = words[i]
            for pair in zip(word, word[1:]):
                totals[pair] -= n
            words[i] = (merge_pair(word, best), n)
            for pair in zip(words[i][0], words[i][0][1:]):
                totals[pair] += n
                where.setdefault(pair, set()).add(i)
        del totals[best]
    return merges


class Tokenizer:
    """Turns text into token numbers and back."""

    def __init__(self, merges):
        self.merges = [tuple(m) for m in merges]
        self.rank = {pair: i for i, pair in enumerate(self.merges)}
        self.tokens = SPECIALS + [LETTERS[b] for b in range(256)] + [a + b for a, b in self.merges]
        self.number = {token: i for i, token in enumerate(self.tokens)}
        self.cache = {}

    def split(self, piece, chance=None, dropout=0.0):
        """Applies the merges by rank; with dropout some are skipped, so that the parts of words are practised."""
        word = spell(piece)
        while len(word) > 1:
            pairs = {p for p in zip(word, word[1:]) if p in self.rank}
            if dropout:
                pairs = {p for p in sorted(pairs) if chance.random() >= dropout}
            if not pairs:
                break
            word = merge_pair(word, min(pairs, key=self.rank.get))
        return [self.number[s] for s in word]

    def encode(self, text, chance=None, dropout=0.0):
        """Token numbers of plain text; special tokens are never read out of text."""
        out = []
        for piece in pieces(text):
            if dropout:
                out += self.split(piece, chance, dropout)
                continue
            if piece not in self.cache:
                self.cache[piece] = self.split(piece)
            out += self.cache[piece]
        return out

    def decode(self, numbers):
        """Text of token numbers, special ones left out."""
        letters = "".join(self.tokens[n] for n in numbers if n >= len(SPECIALS))
        return bytes(BYTES[c] for c in letters).decode("utf-8", "replace")


def count_pieces(texts):
    """How often each piece occurs, which is all that learning needs."""
    counts = Counter()
    for text in texts:
        counts.update(pieces(text))
    return counts
