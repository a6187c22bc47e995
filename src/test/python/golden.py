"""Computes golden values for the whole operation table with PyTorch, in f64.

Needs torch and numpy; run by hand from the project's root whenever the table's samples change:

    mvn -q test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt
    java --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
        -cp target/test-classes:target/classes:$(cat target/classpath.txt) \
        dev.jebena.testing.GoldenInputs target/golden
    python src/test/python/golden.py target/golden src/test/resources/golden/operations.npz

The first argument is the folder that GoldenInputs wrote: inputs.npz (`operation/label/in0`, ...)
and samples.json. The second is the file that GoldenValuesTest reads: the inputs again, the output
(`.../out`), and the gradient of each trained floating input (`.../grad0`, ...) of
sum(w * output), w[i] = 0.5 + frac(0.6180339887498949 * i) over the output's elements in order.
"""

import json
import math
import pathlib
import sys

import numpy
import torch
import torch.nn.functional as F


def axes(x, a):
    return a["axes"] or list(range(x.dim()))


def reduce(f):
    return lambda x, a: f(x[0], axes(x[0], a), a["keepDim"])


def one_by_one(f):
    """A reduction that torch has along one axis only."""

    def run(x, a):
        y = x[0]
        for axis in sorted((i % y.dim() for i in axes(x[0], a)), reverse=True):
            y = f(y, axis, a["keepDim"])
        return y

    return run


def unary(f):
    return lambda x, a: f(x[0])


def binary(f):
    return lambda x, a: f(x[0], x[1])


def take(x, axis, index):
    """Rows by an index of any shape, which stands where the axis was."""
    flat = torch.index_select(x, axis, index.reshape(-1))
    return flat.reshape(x.shape[:axis] + index.shape + x.shape[axis + 1 :])


def cut(x, axis, start, end, step):
    index = torch.arange(x.shape[axis])[start:end:step]
    return torch.index_select(x, axis, index)


def rope(x, a):
    value, cos, sin = x
    if a["interleaved"]:
        turned = torch.view_as_complex(value.reshape(*value.shape[:-1], -1, 2))
        turned = turned * torch.complex(cos, sin)
        return torch.view_as_real(turned).reshape(value.shape)
    first, second = value.chunk(2, dim=-1)
    both = torch.cat((-second, first), dim=-1)
    return value * torch.cat((cos, cos), -1) + both * torch.cat((sin, sin), -1)


def attention(x, a):
    q, k, v = x
    groups = q.shape[1] // k.shape[1]
    k = k.repeat_interleave(groups, dim=1)
    v = v.repeat_interleave(groups, dim=1)
    t, s = q.shape[2], k.shape[2]
    mask = torch.ones(t, s, dtype=torch.bool)
    if a["causal"]:
        mask = mask.tril(s - t)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask, scale=a["scale"])


def cross_entropy(x, a):
    logits, targets = x
    flat = F.cross_entropy(
        logits.reshape(-1, logits.shape[-1]), targets.reshape(-1), reduction="none"
    )
    return flat.reshape(targets.shape)


OPERATIONS = {
    # arithmetic
    "add": binary(torch.add),
    "sub": binary(torch.sub),
    "mul": binary(torch.mul),
    "div": binary(torch.div),
    "pow": binary(torch.pow),
    "maximum": binary(torch.maximum),
    "minimum": binary(torch.minimum),
    "addScalar": lambda x, a: x[0] + a["s"],
    "subtractFrom": lambda x, a: a["s"] - x[0],
    "mulScalar": lambda x, a: x[0] * a["s"],
    "divScalar": lambda x, a: x[0] / a["s"],
    "powScalar": lambda x, a: x[0] ** a["s"],
    "clamp": lambda x, a: x[0].clamp(a["low"], a["high"]),
    # functions
    "neg": unary(torch.neg),
    "abs": unary(torch.abs),
    "sign": unary(torch.sign),
    "square": unary(torch.square),
    "reciprocal": unary(torch.reciprocal),
    "sqrt": unary(torch.sqrt),
    "rsqrt": unary(torch.rsqrt),
    "exp": unary(torch.exp),
    "log": unary(torch.log),
    "sin": unary(torch.sin),
    "cos": unary(torch.cos),
    "tanh": unary(torch.tanh),
    "sigmoid": unary(torch.sigmoid),
    "erf": unary(torch.erf),
    "relu": unary(torch.relu),
    "gelu": unary(F.gelu),
    "silu": unary(F.silu),
    "floor": unary(torch.floor),
    "ceil": unary(torch.ceil),
    "round": unary(torch.round),
    # choices
    "eq": binary(torch.eq),
    "ne": binary(torch.ne),
    "lt": binary(torch.lt),
    "le": binary(torch.le),
    "gt": binary(torch.gt),
    "ge": binary(torch.ge),
    "and": binary(torch.logical_and),
    "or": binary(torch.logical_or),
    "xor": binary(torch.logical_xor),
    "not": unary(torch.logical_not),
    "isNan": unary(torch.isnan),
    "isFinite": unary(torch.isfinite),
    "where": lambda x, a: torch.where(x[0], x[1], x[2]),
    "maskedFill": lambda x, a: x[0].masked_fill(x[1], a["value"]),
    "tril": lambda x, a: x[0].tril(a["diagonal"]),
    "triu": lambda x, a: x[0].triu(a["diagonal"]),
    # reductions
    "sum": reduce(torch.sum),
    "mean": reduce(torch.mean),
    "prod": one_by_one(torch.prod),
    "logSumExp": reduce(torch.logsumexp),
    "norm": reduce(lambda x, axes, keep: torch.linalg.vector_norm(x, 2, axes, keep)),
    "var": reduce(lambda x, axes, keep: torch.var(x, axes, correction=1, keepdim=keep)),
    "any": one_by_one(torch.any),
    "all": one_by_one(torch.all),
    "max": lambda x, a: x[0].max(a["axis"], a["keepDim"]).values,
    "min": lambda x, a: x[0].min(a["axis"], a["keepDim"]).values,
    "argmax": lambda x, a: x[0].argmax(a["axis"], a["keepDim"]),
    "argmin": lambda x, a: x[0].argmin(a["axis"], a["keepDim"]),
    "cumsum": lambda x, a: x[0].cumsum(a["axis"]),
    "softmax": lambda x, a: x[0].softmax(a["axis"]),
    "logSoftmax": lambda x, a: x[0].log_softmax(a["axis"]),
    # products
    "matmul": binary(torch.matmul),
    "linear": lambda x, a: F.linear(*x),
    # views
    "transpose": lambda x, a: x[0].transpose(a["a"], a["b"]),
    "permute": lambda x, a: x[0].permute(a["order"]),
    "reshape": lambda x, a: x[0].reshape(a["shape"]),
    "expand": lambda x, a: x[0].expand(a["shape"]),
    "unsqueeze": lambda x, a: x[0].unsqueeze(a["axis"]),
    "squeeze": lambda x, a: x[0].squeeze(a["axis"]),
    "slice": lambda x, a: cut(x[0], a["axis"], a["start"], a["end"], a["step"]),
    "select": lambda x, a: x[0].select(a["axis"], a["index"]),
    "flip": lambda x, a: x[0].flip(a["axis"]) * x[0],
    "copy": lambda x, a: x[0].clone(),
    "cat": lambda x, a: torch.cat(x, a["axis"]),
    "stack": lambda x, a: torch.stack(x, a["axis"]),
    "chunk": lambda x, a: x[0].chunk(a["chunks"], a["axis"])[-1],
    # indexing
    "gather": lambda x, a: x[0].gather(a["axis"], x[1]),
    "scatterAdd": lambda x, a: x[0].scatter_add(a["axis"], x[1], x[2]),
    "indexSelect": lambda x, a: take(x[0], a["axis"], x[1]),
    "indexAdd": lambda x, a: x[0].index_add(a["axis"], x[1], x[2]),
    "oneHot": lambda x, a: F.one_hot(x[0], a["classes"]),
    "to": lambda x, a: x[0].to(torch.float32).to(x[0].dtype),
    "arange": lambda x, a: torch.arange(3, 50, 2),
    "full": lambda x, a: torch.full((3, 7), 2.5),
    # layers
    "rmsNorm": lambda x, a: F.rms_norm(x[0], (x[0].shape[-1],), x[1], a["eps"]),
    "rope": rope,
    "swiGlu": lambda x, a: F.silu(x[0]) * x[1],
    "attention": attention,
    "crossEntropy": cross_entropy,
}


def weighted(y):
    w = [0.5 + math.fmod(i * 0.6180339887498949, 1.0) for i in range(y.numel())]
    return (y * torch.tensor(w, dtype=y.dtype).reshape(y.shape)).sum()


def main(source, target):
    inputs = numpy.load(source / "inputs.npz")
    golden = {name: inputs[name] for name in inputs.files}
    missing = set()
    for sample in json.loads((source / "samples.json").read_text()):
        operation = OPERATIONS.get(sample["operation"])
        if operation is None:
            missing.add(sample["operation"])
            continue
        key = sample["key"]
        x = []
        for i, trained in enumerate(sample["trained"]):
            value = torch.from_numpy(inputs[f"{key}/in{i}"].copy())
            if value.is_floating_point():
                value = value.double().requires_grad_(trained and sample["differentiable"])
            x.append(value)
        y = operation(x, sample["attributes"])
        golden[key + "/out"] = y.detach().numpy()
        if sample["differentiable"] and y.requires_grad:
            weighted(y).backward()
            for i, value in enumerate(x):
                if value.requires_grad:
                    grad = torch.zeros_like(value) if value.grad is None else value.grad
                    golden[f"{key}/grad{i}"] = grad.numpy()
    if missing:
        sys.exit("no PyTorch twin for: " + ", ".join(sorted(missing)))
    numpy.savez_compressed(target, **golden)
    print(len(golden), "arrays")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
