"""Turns a trained network into the model file and back."""
import json
import os
import sys

import numpy as np
import torch

import gguf
from bpe import IM_END, IM_START, PAD, SPECIALS, Tokenizer
from model import Micro, Shape

CHAT_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
NORMAL, CONTROL = 1, 3
MOSTLY_Q8_0 = 7


def metadata(shape, tokenizer, corpus_sha256, seed):
    """Everything an engine must know besides the numbers."""
    s, u, f, t, a = gguf.STRING, gguf.U32, gguf.FLOAT, gguf.BOOL, gguf.ARRAY
    kinds = [CONTROL] * len(SPECIALS) + [NORMAL] * (shape.vocab - len(SPECIALS))
    return [
        ("general.architecture", s, "llama"),
        ("general.name", s, "micro"),
        ("general.license", s, "apache-2.0"),
        ("general.file_type", u, MOSTLY_Q8_0),
        ("general.quantization_version", u, 2),
        ("general.alignment", u, gguf.ALIGNMENT),
        ("llama.context_length", u, shape.context),
        ("llama.embedding_length", u, shape.width),
        ("llama.block_count", u, shape.layers),
        ("llama.feed_forward_length", u, shape.hidden),
        ("llama.attention.head_count", u, shape.heads),
        ("llama.attention.head_count_kv", u, shape.kv_heads),
        ("llama.attention.layer_norm_rms_epsilon", f, shape.eps),
        ("llama.rope.dimension_count", u, shape.head_dim),
        ("llama.rope.freq_base", f, shape.rope_base),
        ("llama.vocab_size", u, shape.vocab),
        ("tokenizer.ggml.model", s, "gpt2"),
        ("tokenizer.ggml.pre", s, "smollm"),
        ("tokenizer.ggml.tokens", a, (s, tokenizer.tokens)),
        ("tokenizer.ggml.token_type", a, (gguf.I32, kinds)),
        ("tokenizer.ggml.merges", a, (s, [" ".join(m) for m in tokenizer.merges])),
        ("tokenizer.ggml.bos_token_id", u, IM_START),
        ("tokenizer.ggml.eos_token_id", u, IM_END),
        ("tokenizer.ggml.padding_token_id", u, PAD),
        ("tokenizer.ggml.add_bos_token", t, False),
        ("tokenizer.chat_template", s, CHAT_TEMPLATE),
        ("minnow.corpus_sha256", s, corpus_sha256),
        ("minnow.seed", u, seed),
    ]


def tensor_name(name):
    """llama.cpp's name of a parameter."""
    return name + ".weight"


def save(path, weights, shape, tokenizer, corpus_sha256, seed):
    """Writes the file; weights is a state dict."""
    tensors = [(tensor_name(n), w.numpy().astype(np.float32)) for n, w in weights.items()]
    gguf.write(path, metadata(shape, tokenizer, corpus_sha256, seed), tensors)


def load(path):
    """Network and tokenizer out of the file alone."""
    meta, tensors = gguf.read(path)
    shape = Shape(
        vocab=meta["llama.vocab_size"],
        width=meta["llama.embedding_length"],
        layers=meta["llama.block_count"],
        heads=meta["llama.attention.head_count"],
        kv_heads=meta["llama.attention.head_count_kv"],
        hidden=meta["llama.feed_forward_length"],
        context=meta["llama.context_length"],
        rope_base=meta["llama.rope.freq_base"],
        eps=meta["llama.attention.layer_norm_rms_epsilon"],
    )
    model = Micro(shape)
    own = {name: torch.from_numpy(np.array(tensors[tensor_name(name)])) for name in model.state_dict()}
    model.load_state_dict(own)
    tokenizer = Tokenizer([tuple(m.split(" ")) for m in meta["tokenizer.ggml.merges"]])
    return model.eval(), tokenizer, meta


if __name__ == "__main__":
    work, out = sys.argv[1:]
    with open(os.path.join(work, "tokenizer.json"), encoding="utf-8") as file:
        saved = json.load(file)
    weights = torch.load(os.path.join(work, "checkpoint.pt"))["average"]
    save(out, weights, Shape(**saved["shape"]), Tokenizer(saved["merges"]), saved["sha256"], saved["seed"])
