"""For every test: the tests grade as the workers of a run do."""

from graders.garbage import collect_seldom

collect_seldom()
