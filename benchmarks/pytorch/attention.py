"""Causal scaled dot-product attention in PyTorch, f32."""

import argparse

import torch
import torch.nn.functional as F

from rounds import serve


def main():
    parser = argparse.ArgumentParser()
    for name in ("batch", "heads", "length", "head-dim", "backward", "threads"):
        parser.add_argument("--" + name, type=int, required=True)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    shape = (args.batch, args.heads, args.length, args.head_dim)
    q, k, v = (torch.randn(shape, requires_grad=bool(args.backward)) for _ in range(3))
    gradient = torch.randn(shape)

    def forward():
        with torch.inference_mode():
            F.scaled_dot_product_attention(q, k, v, is_causal=True)

    def both():
        F.scaled_dot_product_attention(q, k, v, is_causal=True).backward(gradient)
        q.grad = k.grad = v.grad = None

    serve(f"pytorch {torch.__version__} eager", both if args.backward else forward)


main()
