"""A training step in eager PyTorch, f32: the same model and the same work as `jebena bench train`.

Pre-norm blocks of RMSNorm, causal attention with rotary positions, RMSNorm and SwiGLU, without
biases, the output projection apart from the embedding; cross-entropy, clipping at norm 1, AdamW.
"""

import argparse

import torch
import torch.nn.functional as F
from torch import nn

from rounds import serve


def rotary_tables(context, head_dim):
    """cos and sin of all positions, [context, head_dim], for halves turned against each other."""
    frequencies = 10_000.0 ** (-torch.arange(0, head_dim, 2) / head_dim)
    angles = torch.outer(torch.arange(context).float(), frequencies)
    angles = torch.cat((angles, angles), dim=-1)
    return angles.cos(), angles.sin()


def rotate(x, cos, sin):
    first, second = x.chunk(2, dim=-1)
    return x * cos + torch.cat((-second, first), dim=-1) * sin


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.o = (nn.Linear(width, width, bias=False) for _ in range(4))

    def forward(self, x, cos, sin):
        b, t, d = x.shape
        q, k, v = (f(x).view(b, t, self.heads, -1).transpose(1, 2) for f in (self.q, self.k, self.v))
        y = F.scaled_dot_product_attention(rotate(q, cos, sin), rotate(k, cos, sin), v, is_causal=True)
        return self.o(y.transpose(1, 2).reshape(b, t, d))


class SwiGlu(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.gate = nn.Linear(width, hidden, bias=False)
        self.up = nn.Linear(width, hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x):
        return self.down(F.silu(self.gate(x)) * self.up(x))


class Block(nn.Module):
    def __init__(self, args):
        super().__init__()
        self.norm1 = nn.RMSNorm(args.d_model, eps=1e-5)
        self.attention = Attention(args.d_model, args.heads)
        self.norm2 = nn.RMSNorm(args.d_model, eps=1e-5)
        self.feed_forward = SwiGlu(args.d_model, args.d_ff)

    def forward(self, x, cos, sin):
        x = x + self.attention(self.norm1(x), cos, sin)
        return x + self.feed_forward(self.norm2(x))


class Model(nn.Module):
    def __init__(self, args):
        super().__init__()
        self.embedding = nn.Embedding(args.vocab_size, args.d_model)
        self.blocks = nn.ModuleList(Block(args) for _ in range(args.layers))
        self.norm = nn.RMSNorm(args.d_model, eps=1e-5)
        self.head = nn.Linear(args.d_model, args.vocab_size, bias=False)
        cos, sin = rotary_tables(args.context, args.d_model // args.heads)
        self.register_buffer("cos", cos)
        self.register_buffer("sin", sin)

    def forward(self, ids):
        x = self.embedding(ids)
        for block in self.blocks:
            x = block(x, self.cos, self.sin)
        return self.head(self.norm(x))


def optimizer(model, args):
    matrices = [p for p in model.parameters() if p.dim() >= 2]
    others = [p for p in model.parameters() if p.dim() < 2]
    groups = [
        {"params": matrices, "weight_decay": args.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    settings = {"lr": args.learning_rate, "betas": (0.9, 0.95), "eps": 1e-8}
    return torch.optim.AdamW(groups, fused=True, **settings)


def main():
    parser = argparse.ArgumentParser()
    for name in ("vocab-size", "context", "d-model", "layers", "heads", "d-ff", "batch", "threads"):
        parser.add_argument("--" + name, type=int, required=True)
    parser.add_argument("--learning-rate", type=float, required=True)
    parser.add_argument("--weight-decay", type=float, required=True)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    model = Model(args)
    for parameter in model.parameters():
        if parameter.dim() >= 2:
            nn.init.normal_(parameter, std=0.02)
    adamw = optimizer(model, args)

    def step():
        rows = torch.randint(args.vocab_size, (args.batch, args.context + 1))
        logits = model(rows[:, :-1])
        loss = F.cross_entropy(logits.reshape(-1, args.vocab_size), rows[:, 1:].reshape(-1))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adamw.step()
        adamw.zero_grad(set_to_none=True)
        return loss.item()

    serve(f"pytorch {torch.__version__} eager", step)


main()
