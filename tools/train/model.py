"""The network: llama's architecture as llama.cpp runs it, so that any GGUF engine can."""
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from product import product


def rotation_table(length, head_dim, base):
    """Unit complex numbers by position and pair; interleaved pairs are llama.cpp's layout for llama."""
    rates = base ** (-torch.arange(0, head_dim, 2).double() / head_dim)
    angles = torch.outer(torch.arange(length).double(), rates)
    return torch.polar(torch.ones_like(angles), angles).to(torch.complex64)


def rotate(x, table):
    """Turns neighbouring pairs of x [batch, time, heads, head_dim] by their position's angle."""
    pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
    return torch.view_as_real(pairs * table[None, :, None, :]).flatten(-2)


def rms_norm(x, weight, eps):
    """Scales every row to unit mean square; llama has no mean subtraction and no bias."""
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps) * weight


@dataclass
class Shape:
    """Sizes of the network; every row length is a multiple of 32, which Q8_0 demands."""
    vocab: int = 2048
    width: int = 192
    layers: int = 6
    heads: int = 6
    kv_heads: int = 2
    hidden: int = 512
    context: int = 512
    rope_base: float = 10000.0
    eps: float = 1e-5

    @property
    def head_dim(self):
        """Width of one attention head."""
        return self.width // self.heads


class Block(nn.Module):
    """One layer: attention, then the gated feed-forward part."""

    def __init__(self, shape):
        super().__init__()
        self.shape, self.fast = shape, False
        kv_width = shape.kv_heads * shape.head_dim
        self.attn_norm = nn.Parameter(torch.ones(shape.width))
        self.attn_q = nn.Parameter(torch.empty(shape.width, shape.width))
        self.attn_k = nn.Parameter(torch.empty(kv_width, shape.width))
        self.attn_v = nn.Parameter(torch.empty(kv_width, shape.width))
        self.attn_output = nn.Parameter(torch.empty(shape.width, shape.width))
        self.ffn_norm = nn.Parameter(torch.ones(shape.width))
        self.ffn_gate = nn.Parameter(torch.empty(shape.hidden, shape.width))
        self.ffn_up = nn.Parameter(torch.empty(shape.hidden, shape.width))
        self.ffn_down = nn.Parameter(torch.empty(shape.width, shape.hidden))

    def attend(self, x, table, mask, past):
        """Causal grouped-query attention; past, when given, is this layer's key and value cache."""
        s, (batch, time, _) = self.shape, x.shape
        qkv = product(x, self.attn_q, self.attn_k, self.attn_v, fast=self.fast)
        q, k, v = qkv.view(batch, time, -1, s.head_dim).split([s.heads, s.kv_heads, s.kv_heads], 2)
        q, k = rotate(q, table), rotate(k, table)
        if past is not None:
            if past:
                k, v = torch.cat([past[0], k], 1), torch.cat([past[1], v], 1)
            past[:] = [k, v]
        group = s.heads // s.kv_heads
        # the query heads of one key head are stacked in time, so that no key is copied
        q = q.view(batch, time, s.kv_heads, group, s.head_dim).permute(0, 2, 3, 1, 4)
        q = q.reshape(batch * s.kv_heads, group * time, s.head_dim) * s.head_dim ** -0.5
        k = k.permute(0, 2, 3, 1).reshape(batch * s.kv_heads, s.head_dim, -1)
        v = v.permute(0, 2, 1, 3).reshape(batch * s.kv_heads, -1, s.head_dim)
        scores = torch.bmm(q, k).view(batch * s.kv_heads, group, time, -1)
        if mask is not None:
            scores = scores + mask
        out = torch.bmm(scores.softmax(-1).view(batch * s.kv_heads, group * time, -1), v)
        out = out.view(batch, s.kv_heads, group, time, s.head_dim).permute(0, 3, 1, 2, 4)
        return product(out.reshape(batch, time, s.width), self.attn_output, fast=self.fast)

    def forward(self, x, table, mask, past=None):
        """Adds both parts to the running sum."""
        eps = self.shape.eps
        x = x + self.attend(rms_norm(x, self.attn_norm, eps), table, mask, past)
        h = rms_norm(x, self.ffn_norm, eps)
        gate, up = product(h, self.ffn_gate, self.ffn_up, fast=self.fast).split(self.shape.hidden, -1)
        return x + product(F.silu(gate) * up, self.ffn_down, fast=self.fast)


class Micro(nn.Module):
    """The whole network; the embedding is also the output matrix."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Parameter(torch.empty(shape.vocab, shape.width))
        self.blk = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.output_norm = nn.Parameter(torch.ones(shape.width))
        self.register_buffer("table", rotation_table(shape.context, shape.head_dim, shape.rope_base), persistent=False)
        self.register_buffer("mask", torch.full((shape.context, shape.context), -1e9).triu(1), persistent=False)
        self.reset()

    def set_fast(self, fast):
        """Rounded products for training; the file is always evaluated with exact ones."""
        for block in self.blk:
            block.fast = fast

    def reset(self):
        """Small random matrices; the ones that write into the running sum are smaller still."""
        for name, p in self.named_parameters():
            if p.dim() == 2:
                scale = 0.02 if name == "token_embd" else p.shape[1] ** -0.5 * 0.5
                if name.endswith(("attn_output", "ffn_down")):
                    scale /= (2 * self.shape.layers) ** 0.5
                nn.init.normal_(p, 0.0, scale)

    def forward(self, tokens, wanted=None, past=None, start=0):
        """Logits of all positions, or only of the wanted ones (a mask), which training saves time with."""
        time = tokens.shape[1]
        x = F.embedding(tokens, self.token_embd)
        table = self.table[start:start + time]
        mask = self.mask[start:start + time, :start + time] if time > 1 else None
        for i, block in enumerate(self.blk):
            x = block(x, table, mask, None if past is None else past[i])
        if wanted is not None:
            x = x[wanted]
        return F.linear(rms_norm(x, self.output_norm, self.shape.eps), self.token_embd)


def count_parameters(model):
    """How many numbers are trained; the model card states it."""
    return sum(p.numel() for p in model.parameters())
