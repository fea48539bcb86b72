#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""checker.py - tests of the book's checker. Each makes a copy of the small book in tree/, puts one fault
into it, and demands that the fault is reported, with its file and line and what to do. Then the copy
without a fault must pass, and `--update` must mend what can be mended."""
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOL = HERE.parents[1] / "common/tools/book"
CHAPTER, SOURCE = "book/01_one.md", "recipes/01_one/main.c"


class Checker(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="book-")).resolve()
        self.addCleanup(shutil.rmtree, self.root)
        shutil.copytree(HERE / "tree", self.root, dirs_exist_ok=True)
        (self.root / "common/tools").mkdir(parents=True)
        shutil.copy(TOOL.parent / "list.sh", self.root / "common/tools")
        self.build = self.root / "build"
        (self.build / "bin").mkdir(parents=True)
        self.program("sum   6", "took  7.5 ms")
        self.capture()

    def program(self, *lines, status=0):
        """The recipe's program: a script that prints these lines."""
        file = self.build / "bin/01_one"
        file.write_text("#!/bin/sh\n" + "".join(f"echo '{line}'\n" for line in lines) + f"exit {status}\n")
        file.chmod(0o755)

    def tool(self, name, *args):
        run = subprocess.run([sys.executable, TOOL / name, *args, "--root", self.root],
                             capture_output=True, text=True, check=False)
        return run.returncode, run.stdout + run.stderr

    def capture(self):
        return self.tool("outputs.py", "01_run", "--build", self.build)

    def edit(self, path, old, new):
        file = self.root / path
        text = file.read_text()
        self.assertIn(old, text, "the test itself is out of date")
        file.write_text(text.replace(old, new, 1))

    def line_of(self, path, text):
        return (self.root / path).read_text().splitlines().index(text) + 1

    def clean(self):
        status, text = self.tool("sync.py", "--check", "--build", self.build)
        self.assertEqual((status, "in step" in text), (0, True), text)

    def faulty(self, *says):
        status, text = self.tool("sync.py", "--check", "--build", self.build)
        self.assertEqual(status, 1, f"the fault was not found:\n{text}")
        for words in says:
            self.assertIn(words, text)

    def repaired(self):
        """--update makes the chapter what it was before the fault."""
        status, text = self.tool("sync.py", "--update", "--build", self.build)
        self.assertEqual(status, 0, text)
        self.clean()

    def test_clean(self):
        self.clean()
        before = (self.root / CHAPTER).read_text()
        self.repaired()
        self.assertEqual((self.root / CHAPTER).read_text(), before, "--update changed a book that was in step")

    def test_line_changed_in_book(self):
        line = self.line_of(CHAPTER, "    sum += i;")
        self.edit(CHAPTER, "    sum += i;", "    sum += 2 * i;")
        self.faulty(f"{CHAPTER}:{line}: ", "-    sum += 2 * i;", "+    sum += i;", "./cook book --update")
        self.repaired()

    def test_line_deleted_in_source(self):
        self.edit(SOURCE, "        sum += i;\n", "")
        self.faulty(f"'code {SOURCE} outer' differs", f"'kernel one {SOURCE} loop' differs", "./cook book --update")
        self.repaired()

    def test_line_deleted_in_kernel(self):
        self.edit("kernels/one.cu", "    size_t i = threadIdx.x;\n", "")
        self.capture()
        self.faulty("'kernel one", "-    size_t i = threadIdx.x;")
        self.repaired()

    def test_region_missing(self):
        self.edit(CHAPTER, "main.c outer -->", "main.c inner -->")
        self.faulty(f"{CHAPTER}:5: {SOURCE} has no region 'inner'", "name one of: outer, loop")

    def test_region_doubled(self):
        self.edit(SOURCE, "    return 0;\n", "    //> loop\n    return 0;\n    //< loop\n")
        self.faulty(f"{SOURCE}:15: region 'loop' is there twice (line 8)")

    def test_region_unclosed(self):
        self.edit(SOURCE, "    //< outer\n", "")
        self.faulty(f"{SOURCE}:6: region 'outer' is not closed")

    def test_region_unopened(self):
        self.edit(SOURCE, "    //> loop\n", "")
        self.faulty(f"{SOURCE}:11: '//< loop' ends a region that is not open")

    def test_region_crossing(self):
        self.edit(SOURCE, "    //< loop\n", "")
        self.edit(SOURCE, "    //< outer\n", "    //< outer\n    //< loop\n")
        self.faulty(f"{SOURCE}:13: region 'outer' ends inside region 'loop'")

    def test_region_unused(self):
        self.edit(SOURCE, "    return 0;\n", "    //> last\n    return 0;\n    //< last\n")
        self.faulty(f"{SOURCE}:15: region 'last' is shown by no chapter")

    def test_region_misspelt(self):
        self.edit(SOURCE, "//> loop", "//>loop")
        self.faulty(f"{SOURCE}:8: '//>loop' is no mark of a region")

    def test_file_missing(self):
        (self.root / "kernels/one.cu").unlink()
        self.faulty(f"{CHAPTER}:15: there is no file kernels/one.cu")

    def test_marker_unknown(self):
        self.edit(CHAPTER, "<!-- code ", "<!-- cod ")
        self.faulty(f"{CHAPTER}:5: '<!-- cod {SOURCE} outer -->' is no marker")

    def test_marker_incomplete(self):
        self.edit(CHAPTER, "<!-- output 01_run -->", "<!-- output -->")
        self.faulty("'<!-- output -->' is no marker")

    def test_block_unended(self):
        self.edit(CHAPTER, "<!-- end -->\n", "")
        self.faulty(f"{CHAPTER}:5: the block 'code {SOURCE} outer' has no end")

    def test_end_unbegun(self):
        self.edit(CHAPTER, f"<!-- code {SOURCE} outer -->\n", "")
        self.faulty(f"{CHAPTER}:12: an end without a beginning")

    def test_marker_in_fence_is_text(self):
        self.edit(CHAPTER, "## The output\n", "## The output\n\n```\n<!-- code nothing -->\n```\n")
        self.clean()

    def test_output_changed(self):
        self.program("sum   7", "took  7.5 ms")
        self.capture()
        self.faulty("'output 01_run' differs", "-sum   6", "+sum   7", "./cook book --update")
        self.repaired()

    def test_output_only_masked(self):
        self.program("sum  6", "took 123.456 ms")
        self.capture()
        self.clean()

    def test_output_not_only_masked(self):
        self.program("sum   6", "took  7.5 ms", "took  7.5 ms")
        self.capture()
        self.faulty("'output 01_run' differs")

    def test_output_never_written(self):
        (self.build / "book/01_run.txt").unlink()
        self.faulty("output '01_run': no test of this build wrote it", "ctest")

    def test_output_stale(self):
        self.program("sum   6", "took  8.5 ms")  # built anew; no test has run since
        self.faulty("output '01_run': program, kernels or command have changed since it was written", "ctest")
        self.capture()
        self.clean()

    def test_output_of_other_kernel(self):
        self.edit("kernels/one.cl", "= 1", "= 2")
        self.faulty("output '01_run': program, kernels or command have changed")

    def test_output_of_other_command(self):
        self.edit("tests/book/outputs.txt", "twice", "thrice")
        self.faulty("output '01_run': program, kernels or command have changed")

    def test_output_forged(self):
        (self.build / "book/01_run.txt").write_text("stamp 0\n$ ./cook run 1 twice\nsum   6\ntook  1.25 ms\n")
        self.faulty("output '01_run': program, kernels or command have changed")

    def test_output_unknown(self):
        self.edit(CHAPTER, "<!-- output 01_run -->", "<!-- output 01_walk -->")
        self.faulty("tests/book/outputs.txt lists no output '01_walk'", "name one of: 01_run")

    def test_output_unused(self):
        with open(self.root / "tests/book/outputs.txt", "a") as file:
            file.write("\n[02_run]\ncommand = ./cook run 1\n")
        self.faulty("tests/book/outputs.txt:4: output '02_run' is shown by no chapter")

    def test_command_fails(self):
        self.program("sum   6", status=3)
        status, text = self.capture()
        self.assertEqual((status, "ended with 3" in text), (1, True), text)
        self.faulty("output '01_run': no test of this build wrote it")

    def test_command_skipped(self):
        self.program("skipped: no device", status=77)
        status, text = self.capture()
        self.assertEqual((status, text), (77, "skipped: no device\n"))
        self.clean()

    def test_exercise_renamed(self):
        self.edit("recipes/01_one/exercises/01_first/exercise.json", "The first", "The only one")
        self.faulty("'exercises 01_one' differs", "The only one")
        self.repaired()

    def test_exercise_missing(self):
        shutil.rmtree(self.root / "recipes/01_one/exercises")
        self.faulty("recipe 01_one has no exercises")

    def test_minutes(self):
        self.edit("recipes/01_one/CMakeLists.txt", "MINUTES 10", "MINUTES 20")
        self.faulty(f"{CHAPTER}:3: the recipe's CMakeLists.txt says 20 minutes")

    def test_link_to_nowhere(self):
        self.edit(CHAPTER, "main.c).", "main.cc).")
        self.faulty(f"{CHAPTER}:3: the link ../recipes/01_one/main.cc leads nowhere")

    def test_link_to_no_heading(self):
        self.edit(CHAPTER, "## The output", "## What it prints")
        self.faulty(f"{CHAPTER}:3: this chapter has no heading '#the-output'")

    def test_commands(self):
        self.assertEqual(self.tool("sync.py", "--commands", "all"), (0, "./cook run 1\n"))
        self.assertEqual(self.tool("sync.py", "--commands", "none")[0], 2)

    def test_masks_malformed(self):
        (self.root / "tests/book/masks.txt").write_text("no arrow here\n")
        self.faulty("tests/book/masks.txt:1: not of the form 'PATTERN -> kind'")


if __name__ == "__main__":
    unittest.main(verbosity=0)
