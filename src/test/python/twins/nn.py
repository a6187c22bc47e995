"""Twins of the rows of the room nn."""

import math

import torch
import torch.nn.functional as F


def rope(x, a):
    value, cos, sin = x
    value, still = value.split([2 * cos.shape[-1], value.shape[-1] - 2 * cos.shape[-1]], dim=-1)
    if a["interleaved"]:
        turned = torch.view_as_complex(value.contiguous().reshape(*value.shape[:-1], -1, 2))
        turned = turned * torch.complex(cos, sin)
        return torch.cat((torch.view_as_real(turned).reshape(value.shape), still), dim=-1)
    first, second = value.chunk(2, dim=-1)
    both = torch.cat((-second, first), dim=-1)
    turned = value * torch.cat((cos, cos), -1) + both * torch.cat((sin, sin), -1)
    return torch.cat((turned, still), dim=-1)


def slopes(heads):
    """As in the code of the ALiBi paper."""
    if math.log2(heads).is_integer():
        start = 2 ** (-(2 ** -(math.log2(heads) - 3)))
        return [start * start**i for i in range(heads)]
    closest = 2 ** math.floor(math.log2(heads))
    return slopes(closest) + slopes(2 * closest)[0::2][: heads - closest]


def attention(x, a):
    """Every score of every pair, one sequence after the other."""
    q, k, v = x[:3]
    heads = q.shape[1]
    groups = heads // k.shape[1]
    k = k.repeat_interleave(groups, dim=1)
    v = v.repeat_interleave(groups, dim=1)
    t_ends = a.get("queries", [0, q.shape[2]])
    s_ends = a.get("keys", [0, k.shape[2]])
    parts = []
    for t0, t1, s0, s1 in zip(t_ends, t_ends[1:], s_ends, s_ends[1:]):
        qi, ki, vi = q[:, :, t0:t1], k[:, :, s0:s1], v[:, :, s0:s1]
        scores = torch.einsum("bhtd,bhsd->bhts", qi, ki) * a["scale"]
        if "cap" in a:
            scores = a["cap"] * torch.tanh(scores / a["cap"])
        ahead = torch.arange(s1 - s0) - (torch.arange(t1 - t0) + (s1 - s0) - (t1 - t0))[:, None]
        if "slopes" in a:
            bias = torch.tensor(slopes(a["slopes"]), dtype=scores.dtype)
            scores = scores - bias[:, None, None] * ahead.abs()
        seen = torch.ones_like(ahead, dtype=torch.bool)
        if a["causal"]:
            seen &= ahead <= 0
        if "window" in a:
            seen &= ahead.abs() < a["window"]
        weights = torch.where(seen, scores.exp(), 0.0)
        total = weights.sum(-1, keepdim=True)
        if len(x) > 3:
            total = total + x[3].exp()[:, None, None]
        some = total > 0
        weights = torch.where(some, weights / torch.where(some, total, 1.0), 0.0)
        parts.append(torch.einsum("bhts,bhsd->bhtd", weights, vi))
    return torch.cat(parts, dim=2)


def cross_entropy(x, a):
    logits, targets = x
    flat = logits.reshape(-1, logits.shape[-1])
    right = targets.reshape(-1)
    if a["softCap"] > 0:
        flat = a["softCap"] * torch.tanh(flat / a["softCap"])
    losses = F.cross_entropy(
        flat,
        right,
        ignore_index=a["ignored"],
        label_smoothing=a["labelSmoothing"],
        reduction="none",
    )
    normaliser = torch.logsumexp(flat, -1) ** 2 * (right != a["ignored"])
    return (losses + a["zLoss"] * normaliser).reshape(targets.shape)


def linear_cross_entropy(x, a):
    hidden, weight, targets = x
    losses = cross_entropy([F.linear(hidden, weight), targets], a)
    return losses.sum() / (targets != a["ignored"]).sum()


def philox(seed, counter):
    """Philox4x32-10 from its paper (Salmon et al., 2011): four words of 32 bits."""
    full = (1 << 32) - 1
    c = [counter & full, counter >> 32 & full, 0, 0]
    k = [seed & full, seed >> 32 & full]
    for _ in range(10):
        p, q = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
        c = [(q >> 32) ^ c[1] ^ k[0], q & full, (p >> 32) ^ c[3] ^ k[1], p & full]
        k = [(k[0] + 0x9E3779B9) & full, (k[1] + 0xBB67AE85) & full]
    return c


def dropout(x, a):
    kept = []
    for i in range(x[0].numel()):
        group, j = divmod(i, 64)
        word = philox(a["seed"], a["counter"] + 16 * group + j % 16)[j // 16]
        kept.append(0.0 if word < round(a["p"] * 2**32) else 1 / (1 - a["p"]))
    return x[0] * torch.tensor(kept, dtype=torch.float64).reshape(x[0].shape)


def added(norm):
    def both(x, a):
        h = x[0] + x[1]
        return torch.cat((h, norm(h, (h.shape[-1],), *x[2:], eps=a["eps"])), dim=-1)

    return both


OPERATIONS = {
    # layers
    "rmsNorm": lambda x, a: F.rms_norm(x[0], (x[0].shape[-1],), *x[1:], eps=a["eps"]),
    "layerNorm": lambda x, a: F.layer_norm(x[0], (x[0].shape[-1],), *x[1:], eps=a["eps"]),
    "rmsNormAdded": added(F.rms_norm),
    "layerNormAdded": added(F.layer_norm),
    "rope": rope,
    "bilinear": lambda x, a: x[0] * x[1],
    "glu": lambda x, a: F.glu(torch.cat((x[1], x[0]), dim=-1)),
    "reGlu": lambda x, a: F.relu(x[0]) * x[1],
    "reGluSquared": lambda x, a: F.relu(x[0]).square() * x[1],
    "swiGlu": lambda x, a: F.silu(x[0]) * x[1],
    "geGlu": lambda x, a: F.gelu(x[0]) * x[1],
    "quickGeGlu": lambda x, a: x[0] * torch.sigmoid(1.702 * x[0]) * x[1],
    "geGluTanh": lambda x, a: F.gelu(x[0], approximate="tanh") * x[1],
    "attention": attention,
    "attentionWindow": attention,
    "attentionSoftCap": attention,
    "attentionAlibi": attention,
    "attentionPacked": attention,
    "attentionSinks": attention,
    "attentionWithAll": attention,
    "crossEntropy": cross_entropy,
    "dropout": dropout,
    "linearCrossEntropy": linear_cross_entropy,
}
