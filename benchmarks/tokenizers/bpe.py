"""Byte-level BPE by tiktoken and by Hugging Face tokenizers, on texts.jsonl in a folder; to encode,
with the vocabulary in its tokenizer.json."""

import argparse
import json
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "pytorch"))
from rounds import serve  # noqa: E402

GPT2 = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""


def byte_of_letter():
    """The letters that stand for bytes in tokenizer.json, as GPT-2 chose them."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [b for b in range(256) if b not in printable]
    letters = {chr(b): b for b in printable}
    letters.update({chr(256 + i): b for i, b in enumerate(others)})
    return letters


def tiktoken_encoder(path):
    import tiktoken

    letters = byte_of_letter()
    file = json.loads(path.read_text())
    special = {token["content"]: token["id"] for token in file["added_tokens"]}
    ranks = {
        bytes(letters[c] for c in token): rank
        for token, rank in file["model"]["vocab"].items()
        if token not in special
    }
    encoding = tiktoken.Encoding(
        "bench", pat_str=GPT2, mergeable_ranks=ranks, special_tokens=special
    )
    return f"tiktoken {tiktoken.__version__}", encoding


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", choices=("tiktoken", "huggingface"), required=True)
    parser.add_argument("--task", choices=("train", "encode"), required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--vocab-size", type=int, required=True)
    parser.add_argument("--threads", type=int, required=True)
    args = parser.parse_args()
    os.environ["RAYON_NUM_THREADS"] = str(args.threads)
    os.environ["TOKENIZERS_PARALLELISM"] = "true" if args.threads > 1 else "false"
    lines = (args.folder / "texts.jsonl").read_text().splitlines()
    texts = [json.loads(line)["text"] for line in lines]

    if args.library == "tiktoken":
        name, encoding = tiktoken_encoder(args.folder / "tokenizer.json")

        def work():
            encoding.encode_ordinary_batch(texts, num_threads=args.threads)

    else:
        import tokenizers

        name = f"tokenizers {tokenizers.__version__}"
        if args.task == "encode":
            encoder = tokenizers.Tokenizer.from_file(str(args.folder / "tokenizer.json"))

            def work():
                encoder.encode_batch_fast(texts)

        else:

            def work():
                tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
                tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(
                    add_prefix_space=False
                )
                trainer = tokenizers.trainers.BpeTrainer(
                    vocab_size=args.vocab_size,
                    special_tokens=["<|endoftext|>"],
                    initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
                    show_progress=False,
                )
                tokenizer.train_from_iterator(texts, trainer)

    serve(name, work)


main()
