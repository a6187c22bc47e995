"""A training step in eager PyTorch, f32: the same model and the same work as `jebena bench train`:
forward, cross-entropy, backward, clipping at norm 1, AdamW."""

import argparse

import torch
import torch.nn.functional as F
from torch import nn

import models
from rounds import serve


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
    models.sizes(parser)
    for name in ("batch", "length", "threads"):
        parser.add_argument("--" + name, type=int, required=True)
    parser.add_argument("--learning-rate", type=float, required=True)
    parser.add_argument("--weight-decay", type=float, required=True)
    args = parser.parse_args()

    torch.set_num_threads(args.threads)
    model = models.make(args)
    adamw = optimizer(model, args)

    def step():
        rows = torch.randint(args.vocab_size, (args.batch, args.length + 1))
        logits = model(rows[:, :-1])
        loss = F.cross_entropy(logits.reshape(-1, args.vocab_size), rows[:, 1:].reshape(-1))
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adamw.step()
        adamw.zero_grad(set_to_none=True)
        loss.item()

    serve(f"pytorch {torch.__version__} eager", step)


main()
