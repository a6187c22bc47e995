/**
 * From a text to a trained model in a folder.
 *
 * <p>Read in this order: {@link dev.jebena.train.TrainSettings} (what a run is asked to do), {@link
 * dev.jebena.train.Trainer} (one step of learning, evaluation), {@link dev.jebena.train.Checkpoint}
 * (going on exactly), {@link dev.jebena.train.TrainingData} (corpus, tokenizer, tokens), {@link
 * dev.jebena.train.TrainJob} (the whole run as a user sees it).
 */
package dev.jebena.train;
