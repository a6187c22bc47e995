"""Twins of reductions, statistics, norms, running folds, sorting, searching and counting."""

import torch
import torch.nn.functional as F

from twins.tensor import axes


def holed(x):
    return x.masked_fill(x > 1, float("nan"))


def fold(f):
    return lambda x, a: f(x[0], axes(x[0], a), a["keepDim"])


def picked(f):
    def run(x, a):
        values, indices = f(x[0], a["axis"], keepdim=a["keepDim"])
        return values + indices

    return run


def aminmax(x, axes, keep):
    return torch.amin(x, axes, keep) + 3 * torch.amax(x, axes, keep)


def var_mean(x, a):
    var, mean = torch.var_mean(
        x[0], axes(x[0], a), correction=a["correction"], keepdim=a["keepDim"]
    )
    return var * mean


def std_mean(x, a):
    std, mean = torch.std_mean(
        x[0], axes(x[0], a), correction=a["correction"], keepdim=a["keepDim"]
    )
    return std * mean


def topk(x, a):
    values, indices = torch.topk(x[0], a["k"], a["axis"], a["largest"], sorted=True)
    return values + indices


def bincount(x, a):
    weights = x[1] if len(x) > 1 else None
    return torch.bincount(x[0], weights, a["min"])


OPERATIONS = {
    # extrema
    "amax": fold(torch.amax),
    "amin": fold(torch.amin),
    "aminmax": fold(aminmax),
    "maxWithIndices": picked(torch.max),
    "minWithIndices": picked(torch.min),
    # statistics
    "std": lambda x, a: torch.std(
        x[0], axes(x[0], a), correction=a["correction"], keepdim=a["keepDim"]
    ),
    "varMean": var_mean,
    "stdMean": std_mean,
    "nanSum": fold(lambda x, axes, keep: torch.nansum(holed(x), axes, keep)),
    "nanMean": fold(lambda x, axes, keep: torch.nanmean(holed(x), axes, keep)),
    "countNonZero": lambda x, a: torch.count_nonzero(torch.relu(x[0]), axes(x[0], a)),
    "median": lambda x, a: x[0].median(a["axis"], a["keepDim"]).values,
    "medianIndices": lambda x, a: x[0].median(a["axis"], a["keepDim"]).indices,
    "medianOfAll": lambda x, a: x[0].median(),
    "mode": lambda x, a: x[0].mode(a["axis"], a["keepDim"]).values,
    "kthValue": lambda x, a: x[0].kthvalue(a["k"], a["axis"], a["keepDim"]).values,
    "quantile": lambda x, a: x[0].quantile(a["q"], a["axis"], a["keepDim"]),
    "quantiles": lambda x, a: x[0].quantile(
        torch.tensor([0.25, 0.5, 0.9], dtype=x[0].dtype), a["axis"], a["keepDim"]
    ),
    # norms
    "normP": lambda x, a: torch.linalg.vector_norm(
        x[0], float(a["p"]), axes(x[0], a), a["keepDim"]
    ),
    "normalize": lambda x, a: F.normalize(x[0], a["p"], a["axis"]),
    "cosineSimilarity": lambda x, a: F.cosine_similarity(x[0], x[1], a["axis"]),
    # running folds
    "cumprod": lambda x, a: x[0].cumprod(a["axis"]),
    "cumprodWithZeros": lambda x, a: (x[0] * x[1]).cumprod(1),
    "cummax": lambda x, a: x[0].cummax(a["axis"]).values,
    "cummin": lambda x, a: x[0].cummin(a["axis"]).values,
    "cummaxIndices": lambda x, a: x[0].cummax(a["axis"]).indices,
    "cumminIndices": lambda x, a: x[0].cummin(a["axis"]).indices,
    "logCumSumExp": lambda x, a: x[0].logcumsumexp(a["axis"]),
    "diff": lambda x, a: x[0].diff(a["n"], a["axis"]),
    "softmin": lambda x, a: F.softmin(x[0], a["axis"]),
    # sorting
    "sort": lambda x, a: torch.sort(
        x[0], dim=a["axis"], descending=a["descending"], stable=True
    ).values,
    "argsort": lambda x, a: torch.argsort(
        x[0], dim=a["axis"], descending=a["descending"], stable=True
    ),
    "topk": topk,
    # searching
    "searchSorted": lambda x, a: torch.searchsorted(
        x[0].sort().values, x[1], right=a["right"]
    ),
    "bucketize": lambda x, a: torch.bucketize(
        x[0], x[1].sort().values, right=a["right"]
    ),
    "isIn": lambda x, a: torch.isin(x[0], x[1]),
    "unique": lambda x, a: x[0].unique(),
    "uniqueInverse": lambda x, a: x[0].unique(return_inverse=True)[1],
    "uniqueCounts": lambda x, a: x[0].unique(return_counts=True)[1],
    "uniqueAlongAxis": lambda x, a: x[0].detach().unique(dim=a["axis"]),
    "uniqueAlongAxisInverse": lambda x, a: x[0].unique(return_inverse=True, dim=a["axis"])[1],
    "uniqueAlongAxisCounts": lambda x, a: x[0].unique(return_counts=True, dim=a["axis"])[1],
    # picking by value
    "bincount": bincount,
    "histc": lambda x, a: torch.histc(x[0], a["bins"], a["low"], a["high"]),
    "nonZero": lambda x, a: x[0].nonzero(),
    "maskedSelect": lambda x, a: x[0].masked_select(x[1]),
    # sequences
    "linspace": lambda x, a: torch.linspace(-1.5, 4, 37),
    "logspace": lambda x, a: torch.logspace(-1, 2.5, 13, 2),
}
