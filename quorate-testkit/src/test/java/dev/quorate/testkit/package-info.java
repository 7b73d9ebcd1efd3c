/** Tests of the fakes, which are also the first to pass the contract suites. */
@NullMarked
package dev.quorate.testkit;

import org.jspecify.annotations.NullMarked;
