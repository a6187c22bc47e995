"""The character model of docs/shakespeare.md in eager PyTorch, f32: same text, split, model, recipe
and evaluation as the `jebena train` on that page.

    python benchmarks/pytorch/train_char.py tinyshakespeare.txt --seed 1

Prints one JSON object: the loss over the whole validation split, the seconds of learning and
evaluating, and the loss after each tenth of the steps.
"""

import argparse
import json
import math
import time

import torch
import torch.nn.functional as F
from torch import nn

import models


def split(data):
    """The last tenth, from the beginning of a line on, is only ever measured on."""
    cut = len(data) - (len(data) + 9) // 10
    cut = data.index(b"\n", cut - 1) + 1
    return data[:cut].decode(), data[cut:].decode()


def rate(step, args):
    if step < args.warmup:
        return args.learning_rate * (step + 1) / args.warmup
    progress = (step - args.warmup) / (args.steps - 1 - args.warmup)
    share = 0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * progress))
    return args.learning_rate * share


@torch.no_grad()
def validation(model, ids, context, batch=12):
    """Every token but the first is predicted exactly once, in windows that do not overlap."""
    total = 0.0
    whole = (len(ids) - 1) // context
    rows = [(i * context, (i + 1) * context) for i in range(whole)]
    pieces = [rows[i : i + batch] for i in range(0, whole, batch)]
    if whole * context < len(ids) - 1:
        pieces.append([(whole * context, len(ids) - 1)])
    for piece in pieces:
        x = torch.stack([ids[a:b] for a, b in piece])
        y = torch.stack([ids[a + 1 : b + 1] for a, b in piece])
        logits = model(x)
        total += F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="sum").item()
    return total / (len(ids) - 1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("text")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--warmup", type=int, default=100)
    parser.add_argument("--learning-rate", type=float, default=1e-3)
    parser.add_argument("--batch", type=int, default=12)
    parser.add_argument("--evaluations", type=int, default=10)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    args = parser.parse_args()
    torch.set_num_threads(args.threads)

    train, held_out = split(open(args.text, "rb").read())
    letters = sorted(set(train))
    number = {letter: i for i, letter in enumerate(letters)}
    train, held_out = (torch.tensor([number[c] for c in text]) for text in (train, held_out))

    context = 64
    sizes = dict(vocab_size=len(letters), context=context, d_model=128, layers=4, heads=4, d_ff=344)
    torch.manual_seed(args.seed)
    model = models.Llama(argparse.Namespace(**sizes, tied=0))
    for name, p in model.named_parameters():
        if p.dim() >= 2:  # as our models begin
            scale = 1 if "embedding" in name else math.sqrt(768 / p.shape[1])
            depth = math.sqrt(2 * 4) if name.endswith((".o.weight", ".down.weight")) else 1
            nn.init.normal_(p, std=0.02 * scale / depth)
    groups = [
        {"params": [p for p in model.parameters() if p.dim() >= 2], "weight_decay": 0.1},
        {"params": [p for p in model.parameters() if p.dim() < 2], "weight_decay": 0.0},
    ]
    adamw = torch.optim.AdamW(groups, lr=args.learning_rate, betas=(0.9, 0.99), fused=True)

    start = time.perf_counter()
    curve = []
    for step in range(args.steps):
        for group in adamw.param_groups:
            group["lr"] = rate(step, args)
        at = torch.randint(len(train) - context, (args.batch,))
        x = torch.stack([train[i : i + context] for i in at])
        y = torch.stack([train[i + 1 : i + 1 + context] for i in at])
        loss = F.cross_entropy(model(x).flatten(0, 1), y.flatten())
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adamw.step()
        adamw.zero_grad(set_to_none=True)
        if (step + 1) * args.evaluations % args.steps < args.evaluations:
            curve.append(validation(model, held_out, context))
    seconds = time.perf_counter() - start
    result = dict(
        val_loss=curve[-1],
        seconds=seconds,
        curve=curve,
        parameters=sum(p.numel() for p in model.parameters()),
        torch=torch.__version__,
        threads=args.threads,
    )
    print(json.dumps(result))


main()
