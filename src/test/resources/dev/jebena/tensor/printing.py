"""Makes printing.npz, arrays, and printing.txt, how NumPy prints them. Run it in this folder."""

import numpy as np

rng = np.random.default_rng(7)
f4 = np.float32
arrays = {
    "scalar": np.float32(3.25),
    "scalar_f8": np.float64(-1e-7),
    "scalar_int": np.int64(-42),
    "vector": np.array([1, 2.5, -3.125, 1000], f4),
    "whole": np.array([[1, -2], [30, 4]], f4),
    "tenths": np.array([0.1, 0.2, 0.30000001, 1 / 3], f4),
    "tenths_f8": np.array([0.1, 0.2, 0.1 + 0.2, 1 / 3]),
    "halves": np.array([0.00125, 0.5, 0.00375, 0.03125, 0.09375]),
    "normal": rng.standard_normal((3, 5)).astype(f4),
    "normal_f8": rng.standard_normal((2, 4)),
    "normal_f2": rng.standard_normal((3, 4)).astype(np.float16),
    "wide": rng.standard_normal((2, 30)).astype(f4),
    "long": rng.standard_normal(1000).astype(f4) * 100,
    "cube": np.arange(24, dtype=f4).reshape(2, 3, 4) / 8,
    "rank4": rng.integers(0, 9, (2, 2, 2, 3)),
    "ratio": np.array([1e-2, 11.0], f4),
    "ratio_edge": np.array([1e-2, 10.0], f4),
    "small": np.array([0.0001, 0.01], f4),
    "smaller": np.array([0.00009, 0.01], f4),
    "big": np.array([123456.7, 999999.0], f4),
    "bigger": np.array([1e6, 1.0], f4),
    "big_f8": np.array([99999999.0, 1e5]),
    "bigger_f8": np.array([1e8, 1.0]),
    "f2_limit": np.array([999.5, 1, 1000], np.float16),
    "extremes": np.array([1e-300, 1e300, -1e5]),
    "tiny": np.array([5e-324, 2.5e-323]),
    "tiny_f4": np.array([1e-45, 3e38], f4),
    "zeros": np.zeros((2, 2), f4),
    "signed_zeros": np.array([0.0, -0.0, 1.5], f4),
    "nan": np.array([np.nan, 1.5, -2], f4),
    "all_nan": np.array([np.nan, np.nan], f4),
    "infinite": np.array([[np.inf, 1.0], [-np.inf, 12.25]], f4),
    "all_infinite": np.array([-np.inf, np.inf]),
    "scientific_nan": np.array([np.nan, 1e9, -np.inf]),
    "ints": np.array([[1, -20], [300, 4]], np.int32),
    "bytes": np.array([0, 7, 255], np.uint8),
    "limits": np.array([np.iinfo(np.int64).min, np.iinfo(np.int64).max]),
    "bools": np.array([[True, False], [False, False]]),
    "bool": np.bool_(True),
    "many_ints": np.arange(1001),
    "many": rng.standard_normal((40, 50)).astype(f4),
    "many_rows": np.arange(4004, dtype=np.int64).reshape(1001, 4),
    "many_columns": rng.standard_normal((4, 1001)).astype(f4),
    "many_deep": np.arange(10 * 3 * 11 * 9, dtype=f4).reshape(10, 3, 11, 9) / 4,
    "hidden_giant": np.concatenate([np.ones(500, f4), [1e30], np.ones(600, f4)]).astype(f4),
    "one_column": np.arange(5, dtype=f4).reshape(5, 1),
}
options = [(4, 1000, 3, 80, False), (8, 1000, 3, 75, False), (2, 20, 2, 40, True), (0, 5, 1, 20, False)]
np.savez_compressed("printing.npz", **arrays)
with open("printing.txt", "w") as out:
    for name, a in arrays.items():
        for precision, threshold, edge, width, suppress in options:
            text = np.array2string(
                a,
                max_line_width=width,
                precision=precision,
                suppress_small=suppress,
                separator=", ",
                prefix="Tensor(",
                suffix=")",
                threshold=threshold,
                edgeitems=edge,
                floatmode="maxprec",
            )
            if a.dtype == bool:
                text = text.replace("True", "true").replace("False", "false")
            print(f"=== {name} {precision} {threshold} {edge} {width} {suppress}".lower(), file=out)
            print(text, file=out)
