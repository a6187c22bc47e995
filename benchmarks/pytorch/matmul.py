"""Products of matrices in PyTorch, f32."""

import argparse

import torch

from rounds import serve


def main():
    parser = argparse.ArgumentParser()
    for name in ("m", "k", "n", "threads"):
        parser.add_argument("--" + name, type=int, required=True)
    parser.add_argument("--turned", choices=("nn", "nt", "tn", "tt"), required=True)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    a = torch.randn(args.k, args.m).t() if args.turned[0] == "t" else torch.randn(args.m, args.k)
    b = torch.randn(args.n, args.k).t() if args.turned[1] == "t" else torch.randn(args.k, args.n)

    def work():
        a @ b

    with torch.inference_mode():
        serve(f"pytorch {torch.__version__} eager", work)


main()
