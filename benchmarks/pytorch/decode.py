"""Greedy decoding of one sequence in eager PyTorch, f32, against a cache of keys and values."""

import argparse
import time

import torch

import models
from rounds import serve


def main():
    parser = argparse.ArgumentParser()
    models.sizes(parser)
    for name in ("prompt", "new-tokens", "threads"):
        parser.add_argument("--" + name, type=int, required=True)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model = models.make(args)
    prompt = torch.randint(args.vocab_size, (1, args.prompt))
    head_dim = args.d_model // args.heads

    def generate():
        """The seconds of all tokens after the first, which comes of reading the prompt."""
        caches = [models.Cache(1, args.heads, args.context, head_dim) for _ in model.blocks]
        token = model(prompt, caches, 0, last=True).argmax(-1)
        start = time.perf_counter()
        for position in range(args.prompt, args.prompt + args.new_tokens):
            token = model(token, caches, position, last=True).argmax(-1)
            token.item()
        return time.perf_counter() - start

    with torch.inference_mode():
        serve(f"pytorch {torch.__version__} eager", generate)


main()
