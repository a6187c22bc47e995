"""Runs the PyTorch column of docs/from-pytorch.md and writes what it gives, for FromPytorchTest.

    python src/test/python/from_pytorch.py

One line `= CODE` a row, then a line a result: its type (`-` for what is no tensor), its shape and
its values (`?` for random ones). Rows that give nothing to compare have no such line.
"""

import ast
import pathlib
import re
import tempfile

import einops
import numpy as np
import torch

ROOT = pathlib.Path(__file__).parents[3]
PAGE = ROOT / "docs/from-pytorch.md"
TARGET = ROOT / "src/test/resources/dev/jebena/house/from-pytorch.txt"

TYPES = {
    torch.float64: "f64",
    torch.float32: "f32",
    torch.bfloat16: "bf16",
    torch.int64: "i64",
    torch.int32: "i32",
    torch.bool: "bool",
}


def value(code, names):
    """Runs statements and gives the value of the last one, if it is an expression."""
    tree = ast.parse(code)
    last = tree.body[-1]
    if not isinstance(last, ast.Expr):
        exec(code, names)
        return None
    exec(compile(ast.Module(tree.body[:-1], []), code, "exec"), names)
    return eval(compile(ast.Expression(last.value), code, "eval"), names)


def results(x):
    """Type, shape and numbers of a value and of all tensors in it."""
    if isinstance(x, torch.Tensor):
        x = x.detach()
        kept = x.double() if x.dtype.is_floating_point else x.long()
        return [(TYPES[x.dtype], list(x.shape), kept.flatten().tolist())]
    if isinstance(x, (tuple, list)) and any(isinstance(e, torch.Tensor) for e in x):
        return [r for e in x for r in results(e)]
    if isinstance(x, (bool, int, float, tuple, list)):
        flat = np.ravel(x).tolist()
        return [("-", [len(flat)], [float(n) for n in flat])]
    return []


def main():
    page = PAGE.read_text()
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        names = {"torch": torch, "np": np, "einops": einops, "folder": folder}
        exec(re.search(r"```python\n(.*?)```", page, re.S).group(1), names)
        for code in re.findall(r"^\| `([^`]*)` \| `[^`]*` \|$", page, re.M):
            lines.append("= " + code)
            drawn = re.search(r"rand|empty|bernoulli|multinomial|dropout", code)
            for kind, shape, numbers in results(value(code, names)):
                text = "?" if drawn else " ".join(map(repr, numbers))
                lines.append(f"{kind} {shape} {text}".rstrip())
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text("\n".join(lines) + "\n")
    print(sum(line.startswith("= ") for line in lines), "rows")


main()
