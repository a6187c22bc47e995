/**
 * The command line: parsing, printing and exit codes, nothing else.
 *
 * <p>{@link dev.jebena.cli.Main} lists the commands, one class each; {@link
 * dev.jebena.cli.ErrorLine} says what went wrong in one line.
 */
package dev.jebena.cli;
