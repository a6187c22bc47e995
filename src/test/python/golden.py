"""Computes golden values for the operation table with PyTorch, in f64.

Needs torch, numpy and einops; run by hand from the project's root whenever the table's samples change:

    mvn -q test-compile dependency:build-classpath -Dmdep.outputFile=target/classpath.txt
    java --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
        -cp target/test-classes:target/classes:$(cat target/classpath.txt) \
        dev.jebena.testing.GoldenInputs target/golden
    python src/test/python/golden.py target/golden src/test/resources/golden
    python src/test/python/empty.py target/golden src/test/resources/empty/expected.txt.gz

The first argument is the folder that GoldenInputs wrote: inputs.npz (`operation/label/in0`, ...)
and samples.json. The second is the folder that GoldenValuesTest reads, a file an operation: the
inputs again (`label/in0`, ...), the output (`label/out`), and the gradient of each trained floating
input (`label/grad0`, ...) of sum(w * output), w[i] = 0.5 + frac(0.6180339887498949 * i) over the
output's elements in order. Names after the two folders restrict it to those operations.

The twins of the operations stand in twins/, a module a room; a twin takes the inputs and the
attributes and gives one tensor.
"""

import importlib
import json
import math
import pathlib
import pkgutil
import sys

import numpy
import torch

import twins


def operations():
    found = {}
    for module in pkgutil.iter_modules(twins.__path__):
        found.update(importlib.import_module("twins." + module.name).OPERATIONS)
    return found


def weighted(y):
    w = [0.5 + math.fmod(i * 0.6180339887498949, 1.0) for i in range(y.numel())]
    return (y * torch.tensor(w, dtype=y.dtype).reshape(y.shape)).sum()


def compute(operation, sample, inputs, golden):
    key = sample["key"]
    label = key.split("/", 1)[1]
    x = []
    for i, trained in enumerate(sample["trained"]):
        golden[f"{label}/in{i}"] = inputs[f"{key}/in{i}"]
        value = torch.from_numpy(inputs[f"{key}/in{i}"].copy())
        if value.is_floating_point():
            value = value.double().requires_grad_(trained and sample["differentiable"])
        x.append(value)
    y = operation(x, sample["attributes"])
    golden[label + "/out"] = y.detach().numpy()
    if sample["differentiable"] and y.requires_grad:
        weighted(y).backward()
        for i, value in enumerate(x):
            if value.requires_grad:
                grad = torch.zeros_like(value) if value.grad is None else value.grad
                golden[f"{label}/grad{i}"] = grad.numpy()


def main(source, target, wanted):
    inputs = numpy.load(source / "inputs.npz")
    twin = operations()
    golden = {}
    for sample in json.loads((source / "samples.json").read_text()):
        name = sample["operation"]
        if wanted and name not in wanted:
            continue
        if name not in twin:
            sys.exit("no PyTorch twin for: " + name)
        compute(twin[name], sample, inputs, golden.setdefault(name, {}))
    for name, arrays in golden.items():
        numpy.savez_compressed(target / (name + ".npz"), **arrays)
    print(len(golden), "operations")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3:])
