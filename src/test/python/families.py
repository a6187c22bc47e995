"""Makes a small random model of each family with Hugging Face transformers, and what it computes.

Needs torch and transformers; run by hand from the project's root:

    python src/test/python/families.py src/test/resources/families [NAME...]

Each folder is a model directory with golden.npz beside it: input_ids [1, 24], logits [1, 24, V]
(f32, eager attention), greedy (4 prompt ids and 12 greedy tokens), and grad_norms.json: the length
of each tensor's gradient for labels = input ids. Weights are bf16, which makes the files small, and
are computed with in f32. Numbers that begin as ones and zeros (norms, biases) are made random, so
that leaving one out shows.
"""

import json
import pathlib
import sys

import numpy
import torch
import transformers as tf

SIZES = dict(
    vocab_size=96,
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=3,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=64,
    bos_token_id=0,
    eos_token_id=1,
    pad_token_id=None,
)

GPT2 = dict(
    vocab_size=96,
    n_embd=32,
    n_layer=3,
    n_head=4,
    n_positions=64,
    bos_token_id=0,
    eos_token_id=1,
)


def llama3(theta):
    return dict(
        rope_type="llama3",
        rope_theta=theta,
        factor=8.0,
        low_freq_factor=1.0,
        high_freq_factor=4.0,
        original_max_position_embeddings=16,
    )


FAMILIES = {
    "llama-scaled": (
        tf.LlamaForCausalLM,
        tf.LlamaConfig(**SIZES, rope_parameters=llama3(5e5), tie_word_embeddings=True),
    ),
    "llama-biases": (
        tf.LlamaForCausalLM,
        tf.LlamaConfig(
            **SIZES,
            attention_bias=True,
            mlp_bias=True,
            rope_parameters=dict(rope_type="linear", rope_theta=1e4, factor=2.0),
        ),
    ),
    "llama-yarn": (
        tf.LlamaForCausalLM,
        tf.LlamaConfig(
            **SIZES,
            rope_parameters=dict(
                rope_type="yarn",
                rope_theta=1e4,
                factor=4.0,
                original_max_position_embeddings=16,
            ),
        ),
    ),
    "qwen2": (
        tf.Qwen2ForCausalLM,
        tf.Qwen2Config(
            **SIZES,
            rope_parameters=dict(rope_type="default", rope_theta=1e6),
            use_sliding_window=True,
            sliding_window=6,
            max_window_layers=1,
        ),
    ),
    "gemma2": (
        tf.Gemma2ForCausalLM,
        tf.Gemma2Config(
            **SIZES,
            head_dim=12,
            query_pre_attn_scalar=16,
            sliding_window=6,
            attn_logit_softcapping=2.0,
            final_logit_softcapping=1.5,
        ),
    ),
    "qwen3-yarn": (
        tf.Qwen3ForCausalLM,
        tf.Qwen3Config(
            **SIZES,
            head_dim=16,
            rope_parameters=dict(
                rope_type="yarn",
                rope_theta=1e4,
                factor=4.0,
                original_max_position_embeddings=16,
                beta_fast=10.0,
                beta_slow=0.5,
                mscale=0.9,
                mscale_all_dim=0.4,
                truncate=False,
            ),
        ),
    ),
    "olmo2": (tf.Olmo2ForCausalLM, tf.Olmo2Config(**SIZES)),
    "olmo2-heads": (
        tf.Olmo2ForCausalLM,
        tf.Olmo2Config(**SIZES, head_dim=12, attention_bias=True, tie_word_embeddings=True),
    ),
    "phi3": (
        tf.Phi3ForCausalLM,
        tf.Phi3Config(
            **SIZES,
            sliding_window=6,
            rope_parameters=dict(rope_type="default", rope_theta=1e4, partial_rotary_factor=0.5),
        ),
    ),
    "phi3-long": (
        tf.Phi3ForCausalLM,
        tf.Phi3Config(
            **SIZES,
            original_max_position_embeddings=16,
            rope_parameters=dict(
                rope_type="longrope",
                rope_theta=1e4,
                short_factor=[1.0, 1.1, 1.2, 1.3],
                long_factor=[1.5, 2.0, 3.0, 4.0],
            ),
        ),
    ),
    "gpt2-by-layer": (
        tf.GPT2LMHeadModel,
        tf.GPT2Config(
            **GPT2, activation_function="quick_gelu", scale_attn_by_inverse_layer_idx=True
        ),
    ),
    "gpt2-unscaled": (
        tf.GPT2LMHeadModel,
        tf.GPT2Config(
            **GPT2,
            n_inner=40,
            activation_function="gelu_fast",
            scale_attn_weights=False,
            scale_attn_by_inverse_layer_idx=True,
            tie_word_embeddings=False,
        ),
    ),
    "llama-quick": (tf.LlamaForCausalLM, tf.LlamaConfig(**SIZES, hidden_act="quick_gelu")),
    "deepseek-wide": (
        tf.DeepseekV3ForCausalLM,
        tf.DeepseekV3Config(
            **(SIZES | dict(num_key_value_heads=4)),
            q_lora_rank=None,
            kv_lora_rank=12,
            qk_nope_head_dim=6,
            qk_rope_head_dim=4,
            v_head_dim=14,
            first_k_dense_replace=3,
            rope_interleave=False,
            attention_bias=True,
            rms_norm_eps=0.05,
            tie_word_embeddings=True,
            rope_parameters=dict(rope_type="default", rope_theta=5e3),
        ),
    ),
    "deepseek-dense": (
        tf.DeepseekV3ForCausalLM,
        tf.DeepseekV3Config(
            **(SIZES | dict(num_key_value_heads=4)),
            q_lora_rank=20,
            kv_lora_rank=16,
            qk_nope_head_dim=10,
            qk_rope_head_dim=6,
            v_head_dim=8,
            first_k_dense_replace=3,
            rope_parameters=dict(rope_type="default", rope_theta=1e4),
        ),
    ),
}


def shaken(model):
    """Random weights of a size that makes attention and caps matter."""
    for name, p in model.named_parameters():
        if p.ndim == 1:
            p.add_(0.3 * torch.randn_like(p))
        else:
            p.normal_(0, 0.6 / p.shape[1] ** 0.5 if "embed" not in name else 0.7)


def make(folder, kind, config):
    torch.manual_seed(20)
    config._attn_implementation = "eager"
    model = kind(config).eval()
    with torch.no_grad():
        shaken(model)
        for p in model.parameters():
            p.copy_(p.bfloat16().float())
    ids = torch.randint(2, config.vocab_size, (1, 24))
    out = model(ids, labels=ids)
    out.loss.backward()
    norms = {name: p.grad.norm().item() for name, p in model.named_parameters()}
    prompt = ids[:, :4]
    with torch.no_grad():
        greedy = model.generate(
            prompt, max_new_tokens=12, min_new_tokens=12, do_sample=False, eos_token_id=None
        )
        # without a cache, so that the two are independent
        steps = prompt
        for _ in range(12):
            steps = torch.cat([steps, model(steps).logits[:, -1:].argmax(-1)], 1)
    same = bool((greedy == steps).all())
    print(folder.name, "loss", out.loss.item(), "cache agrees:", same)
    model.bfloat16().save_pretrained(folder)
    (folder / "generation_config.json").unlink(missing_ok=True)
    numpy.savez_compressed(
        folder / "golden.npz",
        input_ids=ids.numpy(),
        logits=out.logits.detach().numpy(),
        greedy=steps.numpy(),
        loss=numpy.float64(out.loss.item()),
    )
    (folder / "grad_norms.json").write_text(json.dumps(norms, indent=1) + "\n")


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1])
    for name, (kind, config) in FAMILIES.items():
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        make(target / name, kind, config)
