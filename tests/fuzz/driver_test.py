"""The fuzz driver sees what it is there to see. Usage: driver_test.py PLANTED_BUGS guided|blind"""

import pathlib
import subprocess
import sys
import tempfile

BUGS = {"abort": "FAILED", "hang": "runs for too long", "memory": "FAILED", "stack": "FAILED", "message": "two"}


def run(*arguments):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, errors="replace", timeout=120)


def check(condition, what, result):
    if not condition:
        sys.exit(f"{what}\nexit code {result.returncode}\n{result.stdout}\n{result.stderr[-3000:]}")


program, guidance = sys.argv[1:]
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    failed = folder / "failed"
    (folder / "good").write_bytes(b"good")
    result = run(folder / "good")
    check(result.returncode == 0, "a good input fails", result)

    for bug, message in BUGS.items():
        corpus = folder / bug
        corpus.mkdir()
        (corpus / "input").write_text(bug)
        result = run("--seconds=1", f"--corpus={corpus}", f"--failed={failed}", "--input-seconds=2")
        check(result.returncode != 0 and message in result.stderr, f"'{bug}' passes", result)
        check(str(failed) in result.stderr and failed.read_text() == bug, f"'{bug}' is not left in the file", result)
        result = run(corpus / "input", "--input-seconds=2")
        check(result.returncode != 0, f"'{bug}' passes when it is run again", result)
        failed.unlink()

    corpus = folder / "empty"
    corpus.mkdir()
    (corpus / "input").write_bytes(b"12345678")
    result = run("--seconds=10" if guidance == "guided" else "--seconds=1", f"--corpus={corpus}", f"--failed={failed}")
    check((result.returncode != 0) == (guidance == "guided"), f"the bug behind four bytes, {guidance}", result)
