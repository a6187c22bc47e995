"""Computes what PyTorch's optimisers make of the same parameters and gradients, in f64.

Needs torch and numpy; run by hand from the project's root:

    python src/test/python/optimizers.py src/test/resources/optim/optimizers.npz

`w` (tall), `v` (wide) and `b` are the parameters at the beginning, `gw`, `gv`, `gb` the gradients of
each of 20 steps, and `NAME/w`, ... the parameters after each step, behind one another. Lion, which PyTorch lacks, is written out here.
PyTorch's Muon orthogonalises in bf16; here it is made to do so in f64.
"""

import sys

import numpy
import torch

STEPS = 20
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
    starts = [torch.randn(*shape).double() for shape in ((6, 4), (3, 7), (5,))]
    gradients = [torch.randn(STEPS, *p.shape).double() for p in starts]
    golden = {key: p.numpy() for key, p in zip("wvb", starts)}
    golden |= {"g" + key: g.numpy() for key, g in zip("wvb", gradients)}
    for name, make in OPTIMIZERS.items():
        parameters = [p.clone().requires_grad_() for p in starts]
        if name.startswith("muon"):
            parameters = parameters[:2]
        path = [[] for _ in parameters]
        optimizer = make(parameters)
        for step in range(STEPS):
            for p, g in zip(parameters, gradients):
                p.grad = g[step].clone()
            optimizer.step()
            for p, visited in zip(parameters, path):
                visited.append(p.detach().numpy().copy())
        for visited, key in zip(path, "wvb"):
            golden[f"{name}/{key}"] = numpy.stack(visited)
    numpy.savez_compressed(file, **golden)


if __name__ == "__main__":
    main(sys.argv[1])
