"""Twins of the rows of the room einops: einops itself, and torch.einsum."""

import einops
import torch


def sizes(a):
    return {name: value for name, value in a.items() if name != "pattern"}


def reduce(how):
    return lambda x, a: einops.reduce(x[0], a["pattern"], how, **sizes(a))


def logical(how):
    """A reduction of booleans, which einops calls with all axes at once."""

    def fold(value, axes):
        for axis in sorted(axes, reverse=True):
            value = how(value, axis)
        return value

    return lambda x, a: einops.reduce(x[0], a["pattern"], fold, **sizes(a))


def einsum(x, a):
    equation = a["pattern"]
    if " " in equation.strip() and "dim" in equation:
        return einops.einsum(*x, equation)
    return torch.einsum(equation, *x)


def unpack(x, a):
    shapes = [tuple(shape) for shape in a["shapes"]]
    return einops.unpack(x[0], shapes, a["pattern"])[a["part"]]


OPERATIONS = {
    "rearrange": lambda x, a: einops.rearrange(x[0], a["pattern"], **sizes(a)),
    "reduceSum": reduce("sum"),
    "reduceMean": reduce("mean"),
    "reduceMax": reduce("max"),
    "reduceMin": reduce("min"),
    "reduceProd": reduce("prod"),
    "reduceAny": logical(torch.any),
    "reduceAll": logical(torch.all),
    "repeat": lambda x, a: einops.repeat(x[0], a["pattern"], **sizes(a)),
    "einsum": einsum,
    "pack": lambda x, a: einops.pack(x, a["pattern"])[0],
    "unpack": unpack,
}
