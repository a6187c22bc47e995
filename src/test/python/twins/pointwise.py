"""Twins of the element-wise rows beyond arithmetic."""

import torch
import torch.nn.functional as F


def unary(f):
    return lambda x, a: f(x[0])


def binary(f):
    return lambda x, a: f(x[0], x[1])


def of_infinities(f):
    return lambda x, a: f(torch.reciprocal(torch.round(x[0])))


OPERATIONS = {
    "exp2": unary(torch.exp2),
    "expm1": unary(torch.expm1),
    "log2": unary(torch.log2),
    "log10": unary(torch.log10),
    "log1p": unary(torch.log1p),
    "logit": unary(torch.logit),
    "erfc": unary(torch.erfc),
    "tan": unary(torch.tan),
    "asin": unary(torch.asin),
    "acos": unary(torch.acos),
    "atan": unary(torch.atan),
    "sinh": unary(torch.sinh),
    "cosh": unary(torch.cosh),
    "asinh": unary(torch.asinh),
    "acosh": unary(torch.acosh),
    "atanh": unary(torch.atanh),
    # activations
    "softplus": unary(lambda x: F.softplus(x, threshold=40)),
    "softplusBeta": lambda x, a: F.softplus(x[0], beta=a["beta"], threshold=40),
    "logSigmoid": unary(F.logsigmoid),
    "elu": lambda x, a: F.elu(x[0], a["alpha"]),
    "selu": unary(F.selu),
    "leakyRelu": lambda x, a: F.leaky_relu(x[0], a["slope"]),
    "relu6": unary(F.relu6),
    "hardtanh": lambda x, a: F.hardtanh(x[0], a["low"], a["high"]),
    "hardSigmoid": unary(lambda x: F.relu6(x + 3) / 6),  # torch has a sixth in f32
    "hardSwish": unary(F.hardswish),
    "mish": unary(F.mish),
    "geluTanh": unary(lambda x: F.gelu(x, approximate="tanh")),
    "reluSquared": unary(lambda x: F.relu(x).square()),
    "softsign": unary(F.softsign),
    # questions
    "trunc": unary(torch.trunc),
    "frac": unary(torch.frac),
    "isInf": of_infinities(torch.isinf),
    "isPosInf": of_infinities(torch.isposinf),
    "isNegInf": of_infinities(torch.isneginf),
    "signBit": of_infinities(torch.signbit),
    "nanToNum": lambda x, a: torch.log(x[0]).nan_to_num(a["nan"], 1, -1),
    "toStochastic": unary(torch.round),
    "toSaturating": unary(
        lambda x: (x * 4e4).clamp(-57344, 57344).to(torch.float8_e5m2).to(x.dtype)
    ),
    # two operands
    "fmod": binary(torch.fmod),
    "remainder": binary(torch.remainder),
    "floorDivide": binary(torch.floor_divide),
    "atan2": binary(torch.atan2),
    "hypot": binary(torch.hypot),
    "copySign": binary(torch.copysign),
    "logAddExp": binary(torch.logaddexp),
    "xlogy": binary(torch.xlogy),
    "heaviside": binary(lambda x, y: torch.heaviside(torch.round(x), y)),
    "isClose": binary(
        lambda x, y: torch.isclose(torch.round(x), torch.round(y), 0.1, 0.5, equal_nan=True)
    ),
    "lerp": lambda x, a: torch.lerp(*x),
    "lerpNear": lambda x, a: torch.lerp(x[0], x[1], a["weight"]),
    "lerpFar": lambda x, a: torch.lerp(x[0], x[1], a["weight"]),
    "addcmul": lambda x, a: torch.addcmul(*x, value=a["value"]),
    "addcdiv": lambda x, a: torch.addcdiv(*x, value=a["value"]),
    "clampMin": lambda x, a: x[0].clamp_min(a["low"]),
    "clampMax": lambda x, a: x[0].clamp_max(a["high"]),
    "clampTensor": lambda x, a: x[0].clamp(x[1], x[2]),
    "bitwiseAnd": binary(torch.bitwise_and),
    "bitwiseOr": binary(torch.bitwise_or),
    "bitwiseXor": binary(torch.bitwise_xor),
    "bitwiseNot": unary(torch.bitwise_not),
    "shiftLeft": binary(torch.bitwise_left_shift),
    "shiftRight": binary(torch.bitwise_right_shift),
}
