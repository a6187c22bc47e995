/**
 * The command line: parsing, printing and exit codes, nothing else.
 *
 * <p>{@link dev.jebena.cli.Main} lists the commands, one class each, which share {@link
 * dev.jebena.cli.CommonOptions}; {@link dev.jebena.cli.ErrorLine} says what went wrong in one line.
 *
 * <p>Every command says {@code addMethodSubcommands = false}: looking for commands among methods
 * costs a seventh of a second at each start, because it loads every type that a method names.
 */
package dev.jebena.cli;
