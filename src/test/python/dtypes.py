"""Writes what PyTorch makes of element types into src/test/resources/dtypes.

Run by hand from the project's root: python src/test/python/dtypes.py src/test/resources/dtypes

narrow.npz holds, for each floating type narrower than f32, its values (`bf16/values`, f32, by bit
pattern) and what f32 numbers become in it (`bf16/bits`): first every bit pattern of f32 that is a
multiple of 65,521, then each mean of two neighbours of the type with the floats next to it.
integers.npz holds floats and the integers they become. promote.txt is torch.promote_types, a line a
pair, `-` where PyTorch refuses.
"""

import pathlib
import sys

import numpy
import torch

NARROW = {
    "f16": (torch.float16, 16),
    "bf16": (torch.bfloat16, 16),
    "f8_e4m3": (torch.float8_e4m3fn, 8),
    "f8_e5m2": (torch.float8_e5m2, 8),
}
WHOLE = {
    "i64": torch.int64,
    "i32": torch.int32,
    "i16": torch.int16,
    "i8": torch.int8,
    "u8": torch.uint8,
    "bool": torch.bool,
}
ALL = {"f64": torch.float64, "f32": torch.float32}
ALL |= {name: dtype for name, (dtype, bits) in NARROW.items()} | WHOLE


def bits_type(bits):
    return (torch.uint8, numpy.uint8) if bits == 8 else (torch.int16, numpy.int16)


def narrow():
    arrays = {}
    for name, (dtype, bits) in NARROW.items():
        torch_bits, numpy_bits = bits_type(bits)
        patterns = numpy.arange(1 << bits).astype(numpy_bits)
        values = torch.from_numpy(patterns).view(dtype).float().numpy()
        arrays[name + "/values"] = values
        spread = (numpy.arange(65536, dtype=numpy.uint64) * 65521).astype(numpy.uint32)
        finite = numpy.sort(values[numpy.isfinite(values)]).astype(numpy.float64)
        means = ((finite[1:] + finite[:-1]) / 2).astype(numpy.float32)
        around = [means, numpy.nextafter(means, numpy.float32(numpy.inf))]
        around.append(numpy.nextafter(means, numpy.float32(-numpy.inf)))
        inputs = numpy.concatenate([spread.view(numpy.float32)] + around)
        made = torch.from_numpy(inputs).to(dtype).view(torch_bits).numpy()
        arrays[name + "/bits"] = made
    return arrays


def integers():
    special = [0.0, -0.0, 0.5, -0.5, 1.5, 2.9, -1.5, -2.9, 127, 128, -129, 255, 256, 300, -300]
    special += [32767, 32768, -32769, 65536, 8388609, -16777216, 2147483520, -2147483648]
    values = torch.tensor(special, dtype=torch.float32)
    arrays = {"values": values.numpy()}
    for name, dtype in WHOLE.items():
        arrays[name] = values.to(dtype).long().numpy()
    return arrays


def promote():
    lines = []
    for a, first in ALL.items():
        for b, second in ALL.items():
            try:
                both = torch.promote_types(first, second)
                lines.append(f"{a} {b} {next(n for n, d in ALL.items() if d == both)}")
            except RuntimeError:
                lines.append(f"{a} {b} -")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1])
    numpy.savez_compressed(target / "narrow.npz", **narrow())
    numpy.savez_compressed(target / "integers.npz", **integers())
    (target / "promote.txt").write_text(promote())
