package dev.jebena.train;

import dev.jebena.data.EvaluationWindows;
import dev.jebena.tokenizer.Tokenizer;

/** Everything that a run holds while it learns. */
record TrainSession(
    RunFolder run,
    TrainSettings settings,
    Tokenizer tokenizer,
    Trainer trainer,
    EvaluationWindows heldOut,
    double gzipBitsPerByte) {}
