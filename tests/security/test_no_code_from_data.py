"""Nothing that is read can run: no pickle, no eval, no shell, and bandit's rules stay on."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("config", "segmenter", "workers", "monitor")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
FORBIDDEN_MODULES = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "marshal"} | {
    "shelve",
    "code",
    "codeop",
}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen"} | {
    "yaml.load",
    "yaml.load_all",
    "yaml.unsafe_load",
    "yaml.full_load",
    "torch.load",
    "torch.hub.load",
    "torch.jit.load",
    "tempfile.mktemp",
}
# What may be done all the same, and why.
ARGUED = {
    "S603": "a list of arguments, the program our own or the wheel's: no shell",
    "S108": "/tmp as a short place for a socket, in a folder of this user alone",
}


def called(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def keyword(call: ast.Call, name: str) -> object:
    values = [word.value for word in call.keywords if word.arg == name]
    return ast.literal_eval(values[0]) if values else None


def problems(text: str) -> list[str]:
    tree = ast.parse(text)
    found = []
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        found += [name for name in names if name.partition(".")[0] in FORBIDDEN_MODULES]
    for name, call in called(tree):
        if name in FORBIDDEN_CALLS:
            found.append(name)
        if any(word.arg == "shell" for word in call.keywords):
            found.append(f"{name} with shell")
        if name in {"np.load", "numpy.load"} and keyword(call, "allow_pickle") is not False:
            found.append(f"{name} that may unpickle")
    return found


@pytest.mark.parametrize(
    "text",
    [
        "import pickle",
        "from marshal import loads",
        "torch.load(path)",
        "torch.load(path, weights_only=True)",
        "eval(text)",
        "yaml.load(text, Loader=yaml.Loader)",
        "subprocess.run(words, shell=True)",
        "np.load(path)",
        "np.load(path, allow_pickle=True)",
    ],
)
def test_the_check_finds_what_it_looks_for(text: str):
    assert problems(text)


def test_no_code_here_runs_what_it_reads():
    assert len(FILES) > 100
    found = {str(path.relative_to(ROOT)): problems(path.read_text("utf-8")) for path in FILES}
    assert {path: what for path, what in found.items() if what} == {}


def test_bandits_rules_are_on_and_every_exception_is_argued():
    ruff = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    assert "S" in ruff["select"]
    # S311: random numbers that simulate and spread, and open nothing.
    assert [rule for rule in ruff["ignore"] if rule.startswith("S")] == ["S311"]
    ours = {path for path in ruff["per-file-ignores"] if not path.startswith("tests/")}
    assert ours == set()
    for path in FILES:
        for line in path.read_text("utf-8").splitlines():
            for rule in re.findall(r"\bS\d{3}\b", line.partition("# noqa:")[2]):
                assert rule in ARGUED, f"{path.name}: {line}"
                assert " - " in line.partition("# noqa:")[2], f"{path.name}: say why: {line}"


def test_ruff_finds_nothing():
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--select",
        "S",
        "--ignore",
        "S311",
        *PACKAGES,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
