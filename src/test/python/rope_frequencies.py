"""Frequencies of rotary embeddings under every scaling rule, as Hugging Face computes them.

Needs torch, numpy and transformers; run by hand from the project's root:

    python src/test/python/rope_frequencies.py src/test/resources/dev/jebena/nn/rope-frequencies.npz

Each case is an array: the attention factor, then one frequency a pair, in radians a position.
"""

import sys

import numpy
from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

CASES = {
    "linear": dict(rope_type="linear", factor=4.0),
    "dynamic within": dict(rope_type="dynamic", factor=4.0),
    "dynamic beyond": dict(rope_type="dynamic", factor=4.0),
    "llama3": dict(
        rope_type="llama3",
        factor=8.0,
        low_freq_factor=1.0,
        high_freq_factor=4.0,
        original_max_position_embeddings=8192,
    ),
    "yarn": dict(rope_type="yarn", factor=16.0, original_max_position_embeddings=4096),
    "yarn narrow": dict(
        rope_type="yarn",
        factor=40.0,
        original_max_position_embeddings=4096,
        beta_fast=24.0,
        beta_slow=2.0,
        mscale=0.707,
        mscale_all_dim=1.2,
    ),
    "yarn exact": dict(
        rope_type="yarn",
        factor=8.0,
        original_max_position_embeddings=1024,
        beta_fast=20.0,
        beta_slow=1.5,
        truncate=False,
    ),
    "longrope": dict(
        rope_type="longrope",
        short_factor=[1.0 + 0.125 * i for i in range(32)],
        long_factor=[1.0 + 2.5 * i for i in range(32)],
        factor=32.0,
        original_max_position_embeddings=4096,
    ),
}
THETA = {"llama3": 500_000.0}
LENGTH = {"dynamic within": 100, "dynamic beyond": 9000, "longrope": 9000}


def main(target):
    arrays = {}
    for name, rule in CASES.items():
        trained = rule.get("original_max_position_embeddings", 2048)
        reach = int(trained * rule["factor"]) if "original_max_position_embeddings" in rule else 2048
        config = LlamaConfig(
            hidden_size=256,
            num_attention_heads=4,
            max_position_embeddings=reach,
            rope_parameters=dict(rule, rope_theta=THETA.get(name, 10_000.0)),
        )
        compute = ROPE_INIT_FUNCTIONS[rule["rope_type"]]
        frequencies, attention = compute(config, "cpu", seq_len=LENGTH.get(name))
        arrays[name] = numpy.concatenate([[attention], frequencies.double().numpy()])
    numpy.savez(target, **arrays)
    for name, values in arrays.items():
        print(name, len(values), values[:3], values[-1])


if __name__ == "__main__":
    main(sys.argv[1])
