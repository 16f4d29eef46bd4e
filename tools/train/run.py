"""The one command: corpus, tokenizer, training, quantized model file, evaluation report."""
import os
import sys

# keep freed memory: giving every tensor back to the system and asking again costs half of the time
ALLOCATOR = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": "4000000000", "MALLOC_TOP_PAD_": "67108864"}
if __name__ == "__main__" and any(os.environ.get(k) != v for k, v in ALLOCATOR.items()):
    os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ALLOCATOR, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})

import argparse
import json
import tempfile
import time

import torch

import evaluate
import export
import sources
from corpus import Corpus
from dataset import Batches, make_dialogues, train_tokenizer
from model import Micro, Shape, count_parameters
from train import PROCESSES, RATES, RATES_ON, train

MODELS = os.path.join(sources.HERE, "..", "..", "models")
STEPS, DIALOGUES, BATCH_TOKENS = 6394, 460000, 1536


def options():
    """What may be changed; the defaults make the model that ships."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--steps", type=int, default=STEPS, help="optimizer steps")
    parser.add_argument("--minutes", type=float, help="end after about so long instead, whatever the steps done by then")
    parser.add_argument("--dialogues", type=int, default=DIALOGUES, help="how many to generate")
    parser.add_argument("--aside", type=float, default=0.0, help="share of the phrasings kept for validation, 0.1 to choose settings")
    parser.add_argument("--width", type=int, default=Shape.width)
    parser.add_argument("--layers", type=int, default=Shape.layers)
    parser.add_argument("--hidden", type=int, default=Shape.hidden)
    parser.add_argument("--start", help="a model file to go on from, its tokenizer kept, instead of random numbers")
    parser.add_argument("--exact", action="store_true", help="no bfloat16 products, for CPUs that have none")
    parser.add_argument("--out", default=os.path.join(MODELS, "micro.gguf"))
    parser.add_argument("--report", default=os.path.join(MODELS, "evaluation.json"))
    parser.add_argument("--work", default=os.path.join(tempfile.gettempdir(), "micro-train"), help="folder for log and checkpoint")
    return parser.parse_args()


def beginning(o, corpus):
    """The network before its first step, with its tokenizer: new, or another's."""
    if o.start:
        model, tokenizer, _ = export.load(o.start)
        return model.train(), tokenizer, model.shape
    shape = Shape(width=o.width, layers=o.layers, hidden=o.hidden, heads=o.width // 32)
    tokenizer = train_tokenizer(corpus, o.seed, shape.vocab)
    return Micro(shape), tokenizer, shape


def main():
    """Everything in order."""
    o, began = options(), time.time()
    os.makedirs(o.work, exist_ok=True)
    torch.manual_seed(o.seed)
    torch.set_num_threads(1)
    pool, aside = sources.pool(o.seed, o.aside)
    corpus = Corpus(pool, sources.facts())
    model, tokenizer, shape = beginning(o, corpus)
    tokens, mask, lengths, sha256 = make_dialogues(corpus, tokenizer, o.seed, o.dialogues, shape.context)
    print(f"{len(lengths)} dialogues, {len(tokens)} tokens, {mask.sum()} of them learned, sha256 {sha256}, {time.time() - began:.0f} s", flush=True)
    with open(os.path.join(o.work, "tokenizer.json"), "w") as file:
        json.dump({"merges": tokenizer.merges, "sha256": sha256, "seed": o.seed, "shape": vars(shape)}, file)
    print(f"{count_parameters(model)} parameters", flush=True)
    batches = Batches(tokens, mask, lengths, BATCH_TOKENS, o.seed)
    print(f"{len(batches) // PROCESSES} steps of data", flush=True)
    weights, figures = train(model, batches, o.steps, o.minutes, os.path.join(o.work, "log"), os.path.join(o.work, "checkpoint.pt"), not o.exact, RATES_ON if o.start else RATES)
    export.save(o.out, weights, shape, tokenizer, sha256, o.seed)
    if o.aside:
        print("validation, phrasings kept aside:")
        report = evaluate.evaluate(o.out, evaluate.validation_cases(aside, o.seed))
    else:
        print("evaluation, held-out prompts:")
        report = evaluate.evaluate(o.out, evaluate.heldout_cases())
    evaluate.print_report(report)
    report["model"] = {
        "parameters": count_parameters(model), "bytes": os.path.getsize(o.out), "corpus_sha256": sha256, "seed": o.seed,
        "dialogues": len(lengths), "corpus_tokens": len(tokens), "shape": vars(shape), "steps": figures["steps"],
        "training_loss": round(figures["loss"], 4), "training_minutes": round(figures["minutes"], 1), "training_tokens": figures["tokens"],
    }
    with open(o.report, "w") as file:
        json.dump(report, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
