"""Twins of the rows of views, joins and products."""

import math

import torch
import torch.nn.functional as F


def mirrored(mode):
    """PyTorch pads batches of one or more channels only; the samples are such."""
    return lambda x, a: F.pad(x[0], a["amounts"], mode)


def as_strided(x, a):
    """In the storage of the row's input: the sample called transposed stands by columns there."""
    by_columns = a["strides"] == [1, 6]
    y = x[0].t().contiguous() if by_columns else x[0]
    return y.as_strided(a["shape"], a["strides"], a["offset"])


def reduced(fold):
    return lambda x, a: x[0].scatter_reduce(
        a["axis"], x[1], x[2], fold, include_self=a["includeSelf"]
    )


def places(axes, indices):
    found = [slice(None)] * (axes[-1] + 1)
    for axis, index in zip(axes, indices):
        found[axis] = index
    return tuple(found)


def put(x, a):
    """PyTorch's index_put takes no whole axes; those become grids of their own."""
    out = x[0].clone()
    axes = a["axes"]
    if a["accumulate"]:
        weights = torch.zeros_like(x[0], requires_grad=True)
        picked = weights[places(axes, x[2:])]
        added = torch.autograd.grad(picked, weights, x[1].expand(picked.shape), create_graph=True)
        return out + added[0]
    out[places(axes, x[2:])] = x[1]
    return out


OPERATIONS = {
    # views
    "unfold": lambda x, a: x[0].unfold(a["axis"], a["size"], a["step"]),
    "diagonal": lambda x, a: x[0].diagonal(a["offset"], a["a"], a["b"]),
    "asStrided": as_strided,
    "movedim": lambda x, a: x[0].movedim(tuple(a["from"]), tuple(a["to"])),
    "flatten": lambda x, a: x[0].flatten(a["first"], a["last"]),
    "unflatten": lambda x, a: x[0].unflatten(a["axis"], a["shape"]),
    "view": lambda x, a: x[0].contiguous().view(a["shape"]),
    "squeezeAll": lambda x, a: x[0].squeeze(),
    "transposeMatrix": lambda x, a: x[0].t(),
    "mT": lambda x, a: x[0].mT,
    "narrow": lambda x, a: x[0].narrow(a["axis"], a["start"], a["length"]),
    "split": lambda x, a: x[0].split(a["sizes"], a["axis"])[a["part"]],
    "splitEvery": lambda x, a: x[0].split(a["size"], a["axis"])[a["part"]],
    "tensorSplit": lambda x, a: x[0].tensor_split(a["sections"], a["axis"])[a["part"]],
    "tensorSplitAt": lambda x, a: x[0].tensor_split(a["indices"], a["axis"])[a["part"]],
    "unbind": lambda x, a: x[0].unbind(a["axis"])[a["part"]],
    # copies
    "repeatTimes": lambda x, a: x[0].repeat(a["times"]),
    "tile": lambda x, a: x[0].tile(a["times"]),
    "repeatInterleave": lambda x, a: x[0].repeat_interleave(a["times"], a["axis"]),
    "repeatInterleaveCounts": lambda x, a: x[0].repeat_interleave(x[1], a["axis"]),
    "roll": lambda x, a: x[0].roll(a["shift"], a["axis"]),
    "rollAll": lambda x, a: x[0].roll(a["shift"]),
    "rot90": lambda x, a: x[0].rot90(a["turns"], [a["a"], a["b"]]),
    "flipAxes": lambda x, a: x[0].flip(a["axes"]),
    "pad": lambda x, a: F.pad(x[0], a["amounts"], "constant", a["value"]),
    "padReflect": mirrored("reflect"),
    "padReplicate": mirrored("replicate"),
    "padCircular": mirrored("circular"),
    "hstack": lambda x, a: torch.hstack(x),
    "vstack": lambda x, a: torch.vstack(x),
    "dstack": lambda x, a: torch.dstack(x),
    "meshgrid": lambda x, a: math.prod(torch.meshgrid(*x, indexing="ij")),
    "cartesianProduct": lambda x, a: torch.cartesian_prod(*x),
    "diag": lambda x, a: x[0].diag(a["offset"]),
    "diagEmbed": lambda x, a: x[0].diag_embed(a["offset"], a["a"], a["b"]),
    "trace": lambda x, a: x[0].trace(),
    "blockDiag": lambda x, a: torch.block_diag(*x),
    "trilIndices": lambda x, a: torch.tril_indices(a["rows"], a["columns"], a["offset"]),
    "triuIndices": lambda x, a: torch.triu_indices(a["rows"], a["columns"], a["offset"]),
    # products
    "dot": lambda x, a: x[0].dot(x[1]),
    "mv": lambda x, a: x[0].mv(x[1]),
    "mm": lambda x, a: x[0].mm(x[1]),
    "bmm": lambda x, a: x[0].bmm(x[1]),
    "outer": lambda x, a: x[0].outer(x[1]),
    "inner": lambda x, a: x[0].inner(x[1]),
    "cross": lambda x, a: torch.linalg.cross(x[0], x[1], dim=a["axis"]),
    "cdist": lambda x, a: torch.cdist(x[0], x[1]),
    "addmm": lambda x, a: torch.addmm(*x, beta=a["beta"], alpha=a["alpha"]),
    "addmv": lambda x, a: torch.addmv(*x, beta=a["beta"], alpha=a["alpha"]),
    "baddbmm": lambda x, a: torch.baddbmm(*x, beta=a["beta"], alpha=a["alpha"]),
    "tensordot": lambda x, a: torch.tensordot(x[0], x[1], (a["axes"], a["otherAxes"])),
    "kron": lambda x, a: torch.kron(x[0], x[1]),
    "matrixPower": lambda x, a: torch.linalg.matrix_power(x[0], a["n"]),
    # indices
    "scatter": lambda x, a: x[0].scatter(a["axis"], x[1], x[2]),
    "scatterNumber": lambda x, a: x[0].scatter(a["axis"], x[1], a["value"]),
    "scatterReduceSum": reduced("sum"),
    "scatterReduceProd": reduced("prod"),
    "scatterReduceMean": reduced("mean"),
    "scatterReduceAmax": reduced("amax"),
    "scatterReduceAmin": reduced("amin"),
    "indexCopy": lambda x, a: x[0].index_copy(a["axis"], x[1], x[2]),
    "indexFill": lambda x, a: x[0].index_fill(a["axis"], x[1], a["value"]),
    "maskedScatter": lambda x, a: x[0].masked_scatter(x[1], x[2]),
    "take": lambda x, a: x[0].take(x[1]),
    "takeAlongAxis": lambda x, a: torch.take_along_dim(x[0], x[1], a["axis"]),
    "index": lambda x, a: x[0][places(a["axes"], x[1:])],
    "indexPut": put,
    "sliceScatter": lambda x, a: x[0].slice_scatter(
        x[1], a["axis"], a["start"], a["end"], a["step"]
    ),
    "selectScatter": lambda x, a: x[0].select_scatter(x[1], a["axis"], a["index"]),
    "diagonalScatter": lambda x, a: x[0].diagonal_scatter(x[1], a["offset"], a["a"], a["b"]),
}
