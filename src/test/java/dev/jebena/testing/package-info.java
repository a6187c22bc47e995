/** What tests of several rooms share. */
package dev.jebena.testing;
