"""Computes with PyTorch, in f64, what the operation table gives for inputs without elements.

Needs torch, numpy and einops; run by hand from the project's root whenever the table's samples
change, after GoldenInputs (see golden.py):

    python src/test/python/empty.py target/golden src/test/resources/empty/expected.txt.gz

Of each sample and each size above 1 that its inputs have, one line: the sample with all axes of
that size cut to 0, a tab, and the shape and elements of the output and of the gradient of its sum
with respect to each trained floating input; or "refused" where PyTorch does so.
"""

import gzip
import json
import pathlib
import sys

import numpy
import torch

import golden


def text(x):
    shape = "[" + ", ".join(map(str, x.shape)) + "]"
    return shape + " " + " ".join("%.9g" % v for v in x.detach().double().flatten().tolist())


def cut(arrays, sample, size):
    x = []
    for i, a in enumerate(arrays):
        for axis, n in enumerate(a.shape):
            if n == size:
                a = numpy.take(a, [], axis=axis)
        t = torch.from_numpy(a.copy())
        if t.is_floating_point():
            t = t.double().requires_grad_(sample["trained"][i] and sample["differentiable"])
        x.append(t)
    return x


def result(operation, x, sample):
    y = operation(x, sample["attributes"])
    parts = [text(y)]
    if sample["differentiable"] and y.requires_grad:
        y.sum().backward()
        for t in x:
            if t.requires_grad:
                parts.append(text(torch.zeros_like(t) if t.grad is None else t.grad))
    return " | ".join(parts)


def main(source, target):
    inputs = numpy.load(source / "inputs.npz")
    twin = golden.operations()
    lines = []
    for sample in json.loads((source / "samples.json").read_text()):
        key = sample["key"]
        arrays = [inputs[f"{key}/in{i}"] for i in range(len(sample["trained"]))]
        for size in sorted({n for a in arrays for n in a.shape if n > 1}):
            try:
                said = result(twin[sample["operation"]], cut(arrays, sample, size), sample)
            except Exception:
                said = "refused"
            lines.append(f"{key}/{size}\t{said}\n")
    with gzip.GzipFile(target, "wb", mtime=0) as file:
        file.write("".join(lines).encode())
    print(len(lines), "lines")


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
