"""The mistakes of step 4, each caught by its own check."""

from tests.suites import mistaken

test_the_mistake_is_caught = mistaken.of_step(4)
