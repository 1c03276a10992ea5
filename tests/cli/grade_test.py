"""espalier grade: pairs, tables, and what is wrong with a table."""

import json
import os
import unittest

import command_line
from command_line import CommandLineTest, path, run

GOLDEN = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "golden")
HEADER = "id\tkind\tpred\tgold\n"


class Pairs(CommandLineTest):
    def grade(self, *arguments):
        """Exit code and the object on stdout."""
        code, out, err = run("grade", *arguments, "--json")
        self.assertEqual(err, "")
        self.assertRegex(out, r"\A[^\n]+\n\Z")
        return code, json.loads(out)

    def test_verdict_and_exit_code(self):
        self.assertEqual(self.grade("42", "42.0"), (0, {"equal": True}))
        self.assertEqual(self.grade("42", "43"), (1, {"equal": False}))
        self.assertEqual(self.grade("", "43"), (1, {"equal": False}))
        self.assertEqual(self.grade("3/4", r"\frac{3}{4}"), (0, {"equal": True}))

    def test_answers_that_begin_with_a_sign(self):
        self.assertEqual(self.grade("-3", "-3.0"), (0, {"equal": True}))
        self.assertEqual(self.grade("-3", "3"), (1, {"equal": False}))
        self.assertEqual(self.grade("3", "-3"), (1, {"equal": False}))
        self.assertEqual(run("grade", "--json", "--", "-3", "-3"), (0, '{"equal":true}\n', ""))
        self.assertEqual(run("grade", "--", "--3", "4")[0], 1)

    def test_responses(self):
        expected = (0, {"equal": True, "extracted": "12"})
        self.assertEqual(self.grade("--response", "There are 3 boxes, so the answer is 12.", "12"), expected)
        self.assertEqual(self.grade("--response", "no idea", "12"), (1, {"equal": False, "extracted": ""}))

    def test_text(self):
        self.assertEqual(run("grade", "42", "42.0"), (0, "equal: 42  |  42.0\n", ""))
        self.assertEqual(run("grade", "42", "43"), (1, "not equal: 42  |  43\n", ""))
        self.assertEqual(run("grade", "--response", "no idea", "1")[1], "not equal: there is no answer\n")

    def test_bad_arguments(self):
        self.assert_refused(["grade"], "PRED and GOLD (0 given)", "--file")
        self.assert_refused(["grade", "1"], "1 given")
        self.assert_refused(["grade", "1", "2", "-3"], "3 given")
        self.assert_refused(["grade", "1", "2", "3"], "3 given")
        self.assert_refused(["grade", "1", "2", "--jsno"], "unknown option '--jsno'")
        self.assert_refused(["grade", "1", "2", "--file", "x.tsv"], "either --file or PRED and GOLD")
        self.assert_refused(["grade", "1", "2", "--threads", "-1"], "--threads")


class Tables(CommandLineTest):
    def test_one_line_a_row_in_order(self):
        rows = "b\tans\t42\t42.0\na\tresp\tThe answer is 5.\t6\n\nc\tans\t\t5\n"
        lines = [{"id": "b", "equal": True}, {"id": "a", "equal": False}, {"id": "c", "equal": False}]
        for number, content in enumerate([HEADER + rows, "\ufeff" + HEADER + rows[:-1], (HEADER + rows).replace("\n", "\r\n")]):
            self.assertEqual(self.json_lines("grade", "--file", path(f"rows{number}.tsv", content)), lines)

    def test_columns_are_found_by_name(self):
        content = 'gold\tnote\tpred\tid\tother\tkind\n7\t"quoted"\t7\tx"y\t\tans\n'
        self.assertEqual(self.json_lines("grade", "--file", path("order.tsv", content)), [{"id": 'x"y', "equal": True}])

    def test_invalid_text_is_replaced(self):
        file = path("bytes.tsv", HEADER.encode() + b"\xff\tans\t1\t1\n")
        self.assertEqual(self.json_lines("grade", "--file", file), [{"id": "\ufffd", "equal": True}])

    def test_agreement(self):
        file = path("judged.tsv", "id\tcategory\tkind\tpred\tgold\thuman\tnote\na\tint\tans\t1\t1\t1\t-\nb\tint\tans\t1\t2\t1\twhy\n")
        code, out, err = run("grade", "--file", file)
        self.assertEqual((code, err), (0, ""))
        self.assertIn("1 of 2 answers equal their gold answers\n", out)
        self.assertIn("1 of 2 agree with the file's verdicts (50.0 %)\n", out)
        self.assertIn("\n  b: not equal, expected equal: 1  |  2  (why)\n", out)
        self.assertNotIn("  a:", out)

    def test_library_of_cases(self):
        for name, rows in (("grading_cases.tsv", 103), ("grading_own.tsv", 250)):
            file = os.path.join(GOLDEN, name)
            with open(file, encoding="utf-8") as lines:
                ids = [line.split("\t")[0] for line in lines][1:]
            graded = self.json_lines("grade", "--file", file)
            self.assertEqual([row["id"] for row in graded], ids)
            self.assertGreaterEqual(len(graded), rows)
            self.assertEqual({tuple(row) for row in graded}, {("id", "equal")})

    def test_bad_tables(self):
        def refuse(name, content, *parts):
            file = path(name, content)
            for more in ([], ["--json"]):
                self.assert_refused(["grade", "--file", file, *more], *parts)

        refuse("empty.tsv", "", "empty.tsv has no rows")
        refuse("header.tsv", HEADER, "header.tsv has no rows")
        refuse("column.tsv", "id\tkind\tpred\n1\tans\t2\n", "column.tsv:1: ", "no column 'gold'")
        refuse("kind.tsv", HEADER + "1\tans\t2\t2\n2\twhat\t2\t2\n", "kind.tsv:3: kind 'what'", "ans", "resp")
        refuse("few.tsv", HEADER + "1\tans\t2\n", "few.tsv:2: 3 fields where the header has 4", "tab")
        refuse("many.tsv", HEADER + "1\tans\t2\t2\t3\n", "many.tsv:2: 5 fields")
        refuse("long.tsv", HEADER + "1\tans\t2\t" + "2" * (1 << 20) + "\n", "long.tsv:2: ", "1 MiB")
        self.assert_refused(["grade", "--file", path("nowhere.tsv")], "no such file")
        self.assert_refused(["grade", "--file", command_line.FOLDER], "not a regular file")


if __name__ == "__main__":
    command_line.main()
