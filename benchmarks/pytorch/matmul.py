"""Products of square matrices in PyTorch, f32."""

import argparse

import torch

from rounds import serve


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    a = torch.randn(args.size, args.size)
    b = torch.randn(args.size, args.size)
    with torch.inference_mode():
        serve(f"pytorch {torch.__version__} eager", lambda: a @ b)


main()
