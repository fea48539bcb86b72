#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""outputs.py - the program output that the book shows: runs a command of tests/book/outputs.txt and
keeps what it printed, with a stamp of the build it came from, so that the book cannot show output
that this build did not write.

    outputs.py NAME --root CHECKOUT --build BUILD_TREE

writes BUILD_TREE/book/NAME.txt. The test book.output.NAME is this command. Exit code: 0 kept; 1 the
command ended with another code than outputs.txt says; 2 usage; 77 what it needs is not in this build.
"""
import argparse
import configparser
import hashlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import termios
from pathlib import Path

LIST = "tests/book/outputs.txt"
MASKS = "tests/book/masks.txt"
KEYS = {"command", "exit", "streams", "environment", "show"}


class Absent(Exception):
    """What a command needs is not in this build, or not on this machine."""


def read_list(root):
    """The sections of outputs.txt, each with the line on which it begins."""
    path = Path(root) / LIST
    parser = configparser.ConfigParser(interpolation=None, comment_prefixes=("#",), delimiters=("=",))
    parser.read_string(path.read_text())
    for name in parser.sections():
        unknown = set(parser[name]) - KEYS
        if unknown or "command" not in parser[name]:
            raise ValueError(f"{LIST}: [{name}] has no 'command', or the unknown key {unknown or ''}")
    lines = path.read_text().splitlines()
    return {name: (parser[name], lines.index(f"[{name}]") + 1) for name in parser.sections()}


def read_masks(root):
    """Pairs of a pattern and the kind of thing it hides; see masks.txt."""
    masks = []
    for number, line in enumerate((Path(root) / MASKS).read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        pattern, arrow, kind = line.rpartition(" -> ")
        if not arrow:
            raise ValueError(f"{MASKS}:{number}: not of the form 'PATTERN -> kind'")
        masks.append((re.compile(pattern.rstrip()), kind.strip()))
    return masks


def mask(line, masks):
    """The line with everything hidden that differs from machine to machine. A pattern with a group
    hides the group, else all of the match. Then spaces that only align columns become one."""
    for pattern, kind in masks:
        def hide(match, kind=kind):
            if not pattern.groups:
                return f"<{kind}>"
            start, end = match.span(1)
            return match.string[match.start():start] + f"<{kind}>" + match.string[end:match.end()]
        line = pattern.sub(hide, line)
    indent = len(line) - len(line.lstrip(" "))
    return line[:indent] + re.sub(r" {2,}", " ", line[indent:]).rstrip()


def resolve(command, root, build):
    """A command as the reader types it, as what is run: variables, and arguments."""
    words = shlex.split(command)
    variables = {}
    while words and re.match(r"[A-Z_]+=", words[0]):
        key, _, variables[key] = words.pop(0).partition("=")
    if words[:2] == ["./cook", "run"] and len(words) > 2:
        names = [p.name for p in (root / "recipes").iterdir() if p.is_dir()]
        found = [n for n in names if n == words[2] or n.startswith(words[2].zfill(2) + "_")]
        if len(found) != 1:
            raise ValueError(f"'{words[2]}' is not one recipe: {found or 'none'}")
        words[:3] = [str(build / "bin" / found[0])]
    elif words[0] == "./cook" and words[1] in ("doctor", "bench"):
        words[:2] = [str(build / "bin" / f"hc_{words[1]}")]
    elif words[:2] == ["./cook", "sim"]:
        words[:2] = ["sh", str(root / "common/tools/sim.sh"), str(build)]
    elif words[0] == "./cook":
        words[0] = str(root / "cook")
    words = [f"{build}/{w[14:]}" if w.startswith("build/release/") else w for w in words]
    for word in words:
        if "/bin/" in word and word.startswith(str(build)) and not Path(word).exists():
            raise Absent(f"{word} is not in this build")
    if not shutil.which(words[0]):
        raise Absent(f"no program '{words[0]}' on this machine")
    return variables, words


def stamp(name, section, root, build):
    """What the output depends on: the command, the programs and libraries it runs, the kernels."""
    digest = hashlib.sha256(repr((name, sorted(section.items()))).encode())
    variables, words = resolve(section["command"], root, build)
    files = [Path(root) / w for w in words if (Path(root) / w).is_file()]
    files += sorted((build / "lib" / "hc").glob("*.so")) + sorted((build / "lib" / "cusim").glob("*.so.*"))
    files += sorted((root / "kernels").glob("**/*.*"))
    for file in files:
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def select(text, patterns):
    """The lines that a pattern matches; a line '...' for each run of others. No pattern: all."""
    if not patterns:
        return text
    lines = []
    for line in text:
        if any(re.search(p, line) for p in patterns):
            lines.append(line)
        elif not lines or lines[-1].strip() != "...":
            lines.append(" " * (len(line) - len(line.lstrip())) + "...")
    return lines


def run_apart(words, env, folder):
    """Exit code, standard output and standard error of a program."""
    run = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, env=env, cwd=folder, text=True,
                         check=False)
    return run.returncode, run.stdout, run.stderr


def run_on_terminal(words, env, folder):
    """Exit code and both outputs in the order in which a terminal shows them. Only a terminal will do:
    into a pipe, C programs write standard output late."""
    try:
        ours, theirs = os.openpty()
    except OSError as error:
        raise Absent(f"no pseudo-terminal on this machine: {error}") from error
    modes = termios.tcgetattr(theirs)
    modes[1] &= ~termios.OPOST  # line ends as they are
    termios.tcsetattr(theirs, termios.TCSANOW, modes)
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, cwd=folder,
                          env={**env, "TERM": "dumb"}) as run:
        os.close(theirs)
        text = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # how Linux says that the other end is closed
                break
            if not piece:
                break
            text += piece
        os.close(ours)
    return run.returncode, text.decode(), ""


def capture(name, root, build):
    section, _ = read_list(root)[name]
    folder = build / "book"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{name}.txt"
    kept.unlink(missing_ok=True)
    try:
        variables, words = resolve(section["command"], root, build)
        expected = int(section.get("exit", "0"))
        env = {**os.environ, **variables, "NO_COLOR": "1", "LC_ALL": "C"}
        hidden = section.get("environment", "").replace("BUILD/", f"{build}/").replace("ROOT/", f"{root}/")
        for setting in shlex.split(hidden):
            key, _, env[key] = setting.partition("=")
            if env[key].endswith(".so") and not Path(env[key]).exists():
                raise Absent(f"{env[key]} is not in this build")
        # PoCL leaks while it compiles; looking for leaks is the business of other tests.
        env["ASAN_OPTIONS"] = f"{env.get('ASAN_OPTIONS', '')}:detect_leaks=0".lstrip(":")
        both = section.get("streams", "out") == "both"
        status, printed, errors = (run_on_terminal if both else run_apart)(words, env, root)
        if status == 77 != expected:
            raise Absent((errors or printed).strip().splitlines()[-1].removeprefix("skipped: "))
    except Absent as reason:
        kept.write_text(f"skipped: {reason}\n")
        print(f"skipped: {reason}")
        return 77
    if status != expected:
        print(f"{section['command']}\nended with {status}, but {LIST} says {expected}; it printed:\n{printed}{errors}")
        return 1
    text = printed.replace(f"{build}/", "build/release/").replace(f"{root}/", "")
    shown = select([line.rstrip() for line in text.splitlines()], section.get("show", "").split("\n")[1:])
    kept.write_text("\n".join([f"stamp {stamp(name, section, root, build)}", f"$ {section['command']}", *shown]) + "\n")
    return 0


def read_kept(name, section, root, build):
    """The lines that the test of this name left in this build; (None, why) if there are none. A test
    that was skipped said so, and there is nothing to compare: ([], why)."""
    kept = build / "book" / f"{name}.txt"
    tree = build.relative_to(root) if build.is_relative_to(root) else build
    again = f"ctest --test-dir {tree} -R '^book.output.'"
    if not kept.exists():
        return None, f"no test of this build wrote it; run: {again}"
    first, *lines = kept.read_text().splitlines()
    if first.startswith("skipped: "):
        return [], first
    try:
        if first == f"stamp {stamp(name, section, root, build)}":
            return lines, ""
    except Absent:
        pass
    return None, f"program, kernels or command have changed since it was written; run: {again}"


def main():
    sys.dont_write_bytecode = True
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("name")
    parser.add_argument("--root", required=True, type=lambda p: Path(p).resolve())
    parser.add_argument("--build", required=True, type=lambda p: Path(p).resolve())
    args = parser.parse_args()
    if args.name not in read_list(args.root):
        print(f"{LIST} lists no output '{args.name}'", file=sys.stderr)
        return 2
    return capture(args.name, args.root, args.build)


if __name__ == "__main__":
    sys.exit(main())
