"""The models of the benchmarks in eager PyTorch."""

import torch
import torch.nn.functional as F
from torch import nn


def rotary_tables(context, head_dim):
    """cos and sin of all positions, [context, head_dim], for halves turned against each other."""
    frequencies = 10_000.0 ** (-torch.arange(0, head_dim, 2) / head_dim)
    angles = torch.outer(torch.arange(context).float(), frequencies)
    angles = torch.cat((angles, angles), dim=-1)
    return angles.cos(), angles.sin()


def rotate(x, cos, sin):
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-second, first), dim=-1) * sin


class Cache:
    """Keys and values of one layer, [B, H, context, D], written where the next tokens stand."""

    def __init__(self, batch, heads, context, head_dim):
        self.keys = torch.empty(batch, heads, context, head_dim)
        self.values = torch.empty(batch, heads, context, head_dim)

    def append(self, k, v, start):
        end = start + k.shape[2]
        self.keys[:, :, start:end] = k
        self.values[:, :, start:end] = v
        return self.keys[:, :, :end], self.values[:, :, :end]


def attend(q, k, v):
    """Causal; a single query sees everything."""
    return F.scaled_dot_product_attention(q, k, v, is_causal=q.shape[2] > 1)


class LlamaAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.o = (nn.Linear(width, width, bias=False) for _ in range(4))

    def forward(self, x, cos, sin, cache, start):
        b, t, d = x.shape
        q, k, v = (f(x).view(b, t, self.heads, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        if cache is not None:
            k, v = cache.append(k, v, start)
        return self.o(attend(q, k, v).transpose(1, 2).reshape(b, t, d))


class SwiGlu(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.gate = nn.Linear(width, hidden, bias=False)
        self.up = nn.Linear(width, hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x):
        return self.down(F.silu(self.gate(x)) * self.up(x))


class LlamaBlock(nn.Module):
    def __init__(self, args):
        super().__init__()
        self.norm1 = nn.RMSNorm(args.d_model, eps=1e-5)
        self.attention = LlamaAttention(args.d_model, args.heads)
        self.norm2 = nn.RMSNorm(args.d_model, eps=1e-5)
        self.feed_forward = SwiGlu(args.d_model, args.d_ff)

    def forward(self, x, cos, sin, cache, start):
        x = x + self.attention(self.norm1(x), cos, sin, cache, start)
        return x + self.feed_forward(self.norm2(x))


class Llama(nn.Module):
    """Pre-norm blocks of RMSNorm, causal attention with rotary positions, RMSNorm and SwiGLU,
    without biases."""

    def __init__(self, args):
        super().__init__()
        self.embedding = nn.Embedding(args.vocab_size, args.d_model)
        self.blocks = nn.ModuleList(LlamaBlock(args) for _ in range(args.layers))
        self.norm = nn.RMSNorm(args.d_model, eps=1e-5)
        self.head = nn.Linear(args.d_model, args.vocab_size, bias=False)
        if args.tied:
            self.head.weight = self.embedding.weight
        cos, sin = rotary_tables(args.context, args.d_model // args.heads)
        self.register_buffer("cos", cos)
        self.register_buffer("sin", sin)

    def forward(self, ids, caches=None, start=0, last=False):
        x = self.embedding(ids)
        cos, sin = (table[start : start + ids.shape[1]] for table in (self.cos, self.sin))
        for i, block in enumerate(self.blocks):
            x = block(x, cos, sin, caches[i] if caches else None, start)
        return self.head(self.norm(x[:, -1:] if last else x))


class Gpt2Block(nn.Module):
    def __init__(self, args):
        super().__init__()
        width = args.d_model
        self.heads = args.heads
        self.norm1 = nn.LayerNorm(width, eps=1e-5)
        self.qkv = nn.Linear(width, 3 * width)
        self.o = nn.Linear(width, width)
        self.norm2 = nn.LayerNorm(width, eps=1e-5)
        self.up = nn.Linear(width, args.d_ff)
        self.down = nn.Linear(args.d_ff, width)

    def forward(self, x, cache, start):
        b, t, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).split(d, dim=-1)
        q, k, v = (y.view(b, t, self.heads, -1).transpose(1, 2) for y in (q, k, v))
        if cache is not None:
            k, v = cache.append(k, v, start)
        x = x + self.o(attend(q, k, v).transpose(1, 2).reshape(b, t, d))
        return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))


class Gpt2(nn.Module):
    """Learned positions, pre-norm blocks of LayerNorm, causal attention and a feed-forward layer
    with GELU, biases everywhere, the output projection tied to the embedding."""

    def __init__(self, args):
        super().__init__()
        self.embedding = nn.Embedding(args.vocab_size, args.d_model)
        self.positions = nn.Embedding(args.context, args.d_model)
        self.blocks = nn.ModuleList(Gpt2Block(args) for _ in range(args.layers))
        self.norm = nn.LayerNorm(args.d_model, eps=1e-5)
        self.head = nn.Linear(args.d_model, args.vocab_size, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, ids, caches=None, start=0, last=False):
        t = ids.shape[1]
        x = self.embedding(ids) + self.positions.weight[start : start + t]
        for i, block in enumerate(self.blocks):
            x = block(x, caches[i] if caches else None, start)
        return self.head(self.norm(x[:, -1:] if last else x))


ARCHITECTURES = {"llama": Llama, "gpt2": Gpt2}


def sizes(parser):
    """The arguments that make a model."""
    parser.add_argument("--architecture", choices=ARCHITECTURES, required=True)
    for name in ("vocab-size", "context", "d-model", "layers", "heads", "d-ff"):
        parser.add_argument("--" + name, type=int, required=True)
    parser.add_argument("--tied", type=int, default=0)


def make(args):
    """A model with random weights."""
    torch.manual_seed(1)
    model = ARCHITECTURES[args.architecture](args)
    for parameter in model.parameters():
        if parameter.dim() >= 2:
            nn.init.normal_(parameter, std=0.02)
    return model
