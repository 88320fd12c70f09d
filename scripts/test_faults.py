"""How scripts/faults.py judges a run under a fault."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from faults import Outcome, check, judge, told_by_assertion  # noqa: E402


class JudgeTests(unittest.TestCase):
    def test_exactly_its_own_row_is_red(self) -> None:
        self.assertEqual(judge("a", [Outcome("a", "test_a", "failed"), Outcome("b", "test_b", "passed")]), [])

    def test_one_red_of_several_of_its_row_is_enough(self) -> None:
        self.assertEqual(judge("a", [Outcome("a", "test_a[1]", "failed"), Outcome("a", "test_a[2]", "passed")]), [])

    def test_green_is_refused(self) -> None:
        self.assertTrue(judge("a", [Outcome("a", "test_a", "passed")]))

    def test_an_error_outside_the_test_is_not_red(self) -> None:
        self.assertTrue(judge("a", [Outcome("a", "test_a", "error")]))
        self.assertTrue(judge("a", [Outcome("a", "test_a", "skipped")]))

    def test_red_by_anything_but_an_assertion_is_refused(self) -> None:
        self.assertTrue(judge("a", [Outcome("a", "test_a", "raised")]))
        self.assertTrue(told_by_assertion("AssertionError: 3 lines are missing"))
        self.assertTrue(told_by_assertion("Failed: health was not answered within 1 s"))
        self.assertFalse(told_by_assertion("TimeoutError: timed out"))
        self.assertFalse(told_by_assertion("Failed: the test was not over within 60 s"))

    def test_another_red_row_is_refused(self) -> None:
        self.assertTrue(judge("a", [Outcome("a", "test_a", "failed"), Outcome("b", "test_b", "failed")]))
        self.assertTrue(judge("a", [Outcome("a", "test_a", "failed"), Outcome("b", "test_b", "error")]))

    def test_another_row_may_be_red_where_it_says_so(self) -> None:
        own = Outcome("a", "test_a", "failed")
        self.assertEqual(judge("a", [own, Outcome("b", "test_b", "failed", frozenset({"a"}))]), [])
        self.assertTrue(judge("a", [own, Outcome("b", "test_b", "failed", frozenset({"c"}))]))

    def test_no_test_is_refused(self) -> None:
        self.assertTrue(judge("a", [Outcome("b", "test_b", "passed")]))


class CheckTests(unittest.TestCase):
    def test_the_same_rows_everywhere(self) -> None:
        self.assertEqual(check(["a", "b"], ["b", "a"], ["a", "b"]), [])

    def test_what_is_missing_is_named(self) -> None:
        self.assertIn("a compiled fault", check(["a"], [], ["a"])[0])
        self.assertIn("a test in Tests/LeakTests", check([], ["a"], ["a"])[0])
        self.assertIn("a line in docs/testing.md", check(["a"], ["a"], [])[0])
        self.assertIn("twice", check(["a"], ["a"], ["a", "a"])[0])


if __name__ == "__main__":
    unittest.main()
