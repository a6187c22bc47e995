"""Operations that memory bounds in PyTorch, on square f32 matrices."""

import argparse

import torch
import torch.nn.functional as F

from rounds import serve

OPERATIONS = {
    "copy": lambda x, y: x.clone(),
    "add": lambda x, y: x + y,
    "mulScalar": lambda x, y: x * 1.5,
    "maximum": lambda x, y: torch.maximum(x, y),
    "addRow": lambda x, y: x + y[0],
    "addColumn": lambda x, y: x + y[:, :1],
    "relu": lambda x, y: torch.relu(x),
    "sqrt": lambda x, y: torch.sqrt(x),
    "exp": lambda x, y: torch.exp(x),
    "log": lambda x, y: torch.log(x),
    "tanh": lambda x, y: torch.tanh(x),
    "sigmoid": lambda x, y: torch.sigmoid(x),
    "gelu": lambda x, y: F.gelu(x),
    "silu": lambda x, y: F.silu(x),
    "sum": lambda x, y: x.sum(),
    "sumRows": lambda x, y: x.sum(1),
    "sumColumns": lambda x, y: x.sum(0),
    "maxRows": lambda x, y: x.amax(1),
    "argmaxRows": lambda x, y: x.argmax(1),
    "logSumExpRows": lambda x, y: x.logsumexp(1),
    "varRows": lambda x, y: x.var(1),
    "softmax": lambda x, y: x.softmax(1),
    "logSoftmax": lambda x, y: x.log_softmax(1),
    "softmaxColumns": lambda x, y: x.softmax(0),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--operation", choices=OPERATIONS, required=True)
    parser.add_argument("--side", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    x = torch.rand(args.side, args.side) + 0.5
    y = torch.rand(args.side, args.side) + 0.5
    operation = OPERATIONS[args.operation]
    with torch.inference_mode():

        def work():
            operation(x, y)

        serve(f"pytorch {torch.__version__} eager", work)


main()
