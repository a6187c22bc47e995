"""Writes where NumPy's views of an array of 60 elements stand: src/test/resources/numpy/layouts.txt.

    python src/test/python/layouts.py > src/test/resources/numpy/layouts.txt

A line is a start, an operation with its arguments, and the shape, the strides and the offset, in
elements, that NumPy gives. The starts are 0..59 as [3, 4, 5]; its transpose [5, 4, 3]; and its
every second column in reverse, [3, 4, 3].
"""

import itertools

import numpy

base = numpy.arange(60).reshape(3, 4, 5)
STARTS = {"plain": base, "transposed": base.T, "reversed": base[:, :, ::-2]}


def show(start, operation, arguments, y):
    offset = (y.__array_interface__["data"][0] - base.__array_interface__["data"][0]) // 8
    strides = [s // 8 for s in y.strides]
    words = [start, operation, *map(str, arguments), "|", *map(str, y.shape), "|"]
    print(" ".join([*words, *map(str, strides), "|", str(offset)]))


for start, x in STARTS.items():
    for a, b in itertools.permutations(range(3), 2):
        for k in (-2, 0, 1):
            show(start, "diagonal", (k, a, b), numpy.diagonal(x, k, a, b))
        show(start, "transpose", (a, b), numpy.swapaxes(x, a, b))
    for axis, size, step in ((0, 2, 1), (1, 3, 1), (2, 2, 2), (1, 4, 3)):
        windows = numpy.lib.stride_tricks.sliding_window_view(x, size, axis)
        at = [slice(None)] * 4
        at[axis] = slice(None, None, step)
        if windows.shape[axis] > 1 and step > 1:
            windows = windows[tuple(at)]
        if windows.shape[axis] > 1:
            show(start, "unfold", (axis, size, step), windows)
    for axis, first, last, step in ((0, 1, 3, 1), (1, 0, 4, 2), (2, -2, 3, 1), (1, 1, 4, 2)):
        at = [slice(None)] * 3
        at[axis] = slice(first, last, step)
        show(start, "slice", (axis, first, last, step), x[tuple(at)])
    for axis in range(3):
        show(start, "flip", (axis,), numpy.flip(x, axis))
        show(start, "select", (axis, 1), x[(slice(None),) * axis + (1,)])
