"""Twins of the in-place operations of the room tensor."""


def written(f):
    """Writes to a copy of the first input, or to every second column of one."""

    def run(x, a):
        whole = x[0].clone()
        if a.get("columns"):
            f(whole[:, 1::2], x, a)
        else:
            f(whole, x, a)
        return whole

    return run


OPERATIONS = {
    "addInPlace": written(lambda y, x, a: y.add_(x[1])),
    "subInPlace": written(lambda y, x, a: y.sub_(x[1])),
    "mulInPlace": written(lambda y, x, a: y.mul_(x[1])),
    "divInPlace": written(lambda y, x, a: y.div_(x[1])),
    "copyInPlace": written(lambda y, x, a: y.copy_(x[1])),
    "addScalarInPlace": written(lambda y, x, a: y.add_(1.5)),
    "subScalarInPlace": written(lambda y, x, a: y.sub_(1.5)),
    "mulScalarInPlace": written(lambda y, x, a: y.mul_(-2.5)),
    "divScalarInPlace": written(lambda y, x, a: y.div_(3)),
    "powInPlace": written(lambda y, x, a: y.pow_(2.5)),
    "clampInPlace": written(lambda y, x, a: y.clamp_(-1, 0.5)),
    "fillInPlace": written(lambda y, x, a: y.fill_(1.5)),
    "zeroInPlace": written(lambda y, x, a: y.zero_()),
    "negInPlace": written(lambda y, x, a: y.neg_()),
    "absInPlace": written(lambda y, x, a: y.abs_()),
    "expInPlace": written(lambda y, x, a: y.exp_()),
    "logInPlace": written(lambda y, x, a: y.log_()),
    "sqrtInPlace": written(lambda y, x, a: y.sqrt_()),
    "reluInPlace": written(lambda y, x, a: y.relu_()),
    "tanhInPlace": written(lambda y, x, a: y.tanh_()),
    "sigmoidInPlace": written(lambda y, x, a: y.sigmoid_()),
    "maskedFillInPlace": written(lambda y, x, a: y.masked_fill_(x[1], a["value"])),
    "indexFillInPlace": written(lambda y, x, a: y.index_fill_(a["axis"], x[1], a["value"])),
    "scatterAddInPlace": written(lambda y, x, a: y.scatter_add_(a["axis"], x[1], x[2])),
    "indexAddInPlace": written(lambda y, x, a: y.index_add_(a["axis"], x[1], x[2])),
}
