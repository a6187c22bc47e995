package dev.jebena.train;

/** What {@code settings.json} of a run's folder holds. */
record StoredRun(TrainSettings settings, double gzipBitsPerByte) {}
