"""Computes what PyTorch's optimisers make of the same parameters and gradients, in f64.

Needs torch and numpy; run by hand from the project's root:

    python src/test/python/optimizers.py src/test/resources/optim/optimizers.npz

`w`, `b` are the parameters at the beginning, `gw`, `gb` the gradients of each of 12 steps, and
`NAME/w`, `NAME/b` the parameters at the end. Lion, which PyTorch lacks, is written out here.
PyTorch's Muon orthogonalises in bf16; here it is made to do so in f64.
"""

import sys

import numpy
import torch

STEPS = 12
RATE = 0.02
torch.Tensor.bfloat16 = lambda self: self.clone()


class Lion(torch.optim.Optimizer):
    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                direction = torch.sign(b1 * m + (1 - b1) * p.grad)
                p -= group["lr"] * (direction + group["weight_decay"] * p)
                m.copy_(b2 * m + (1 - b2) * p.grad)


OPTIMIZERS = {
    "adam": lambda p: torch.optim.Adam(p, RATE, (0.9, 0.95), 1e-8, weight_decay=0.1),
    "adamw": lambda p: torch.optim.AdamW(p, RATE, (0.9, 0.95), 1e-8, weight_decay=0.1),
    "sgd": lambda p: torch.optim.SGD(p, RATE, weight_decay=0.1),
    "momentum": lambda p: torch.optim.SGD(p, RATE, momentum=0.9, weight_decay=0.1),
    "nesterov": lambda p: torch.optim.SGD(p, RATE, momentum=0.9, weight_decay=0.1, nesterov=True),
    "lion": lambda p: Lion(p, RATE, weight_decay=0.1),
    "adafactor": lambda p: torch.optim.Adafactor(p, RATE, eps=(2.0**-23, 1e-3), weight_decay=0.1),
    "muon": lambda p: torch.optim.Muon(p, RATE, weight_decay=0.1),
    "muon-adamw": lambda p: torch.optim.Muon(
        p, RATE, weight_decay=0.1, adjust_lr_fn="match_rms_adamw"
    ),
}


def main(file):
    torch.manual_seed(3)
    w, b = torch.randn(6, 4).double(), torch.randn(5).double()
    gw, gb = torch.randn(STEPS, 6, 4).double(), torch.randn(STEPS, 5).double()
    golden = dict(w=w.numpy(), b=b.numpy(), gw=gw.numpy(), gb=gb.numpy())
    for name, make in OPTIMIZERS.items():
        parameters = [w.clone().requires_grad_(), b.clone().requires_grad_()]
        if name.startswith("muon"):
            parameters = parameters[:1]
        optimizer = make(parameters)
        for step in range(STEPS):
            for p, g in zip(parameters, (gw, gb)):
                p.grad = g[step].clone()
            optimizer.step()
        for p, key in zip(parameters, "wb"):
            golden[f"{name}/{key}"] = p.detach().numpy()
    numpy.savez_compressed(file, **golden)


if __name__ == "__main__":
    main(sys.argv[1])
