"""Twins of the rows of the room nn."""

import torch
import torch.nn.functional as F


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


OPERATIONS = {
    # layers
    "rmsNorm": lambda x, a: F.rms_norm(x[0], (x[0].shape[-1],), x[1], a["eps"]),
    "rope": rope,
    "swiGlu": lambda x, a: F.silu(x[0]) * x[1],
    "attention": attention,
    "crossEntropy": cross_entropy,
    "linearCrossEntropy": linear_cross_entropy,
}
