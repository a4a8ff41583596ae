"""Checks what the adapters use of upstream code against checkouts of it: files, names, parameters, and the commit.

    python benchmarks/upstream_contracts.py environments/*/upstream/*

Each contract is a JSON file in tests/upstream/contracts: the repository, the commit that it was read at, and what is
used of it. A checkout is known by its folder's name, which is the repository's, or is named as FAMILY=PATH. The code is
parsed, never imported. Exits with 1 where something that is used is not there any more.
"""

from __future__ import annotations

import argparse
import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

CONTRACTS = Path(__file__).resolve().parents[1] / "tests" / "upstream" / "contracts"
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def breaches(contract: Mapping[str, Any], checkout: Path) -> list[str]:
    """What of a contract a checkout does not keep, each in a sentence; [] where it keeps all."""
    return [*_commit(contract, checkout), *_uses(contract, checkout)]


def _commit(contract: Mapping[str, Any], checkout: Path) -> Iterator[str]:
    """A checkout under git must be at the commit that was read; one that is not under git is taken as it is."""
    if not (checkout / ".git").exists():
        return
    command = ["git", "-C", str(checkout), "rev-parse", "HEAD"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    head = said.stdout.strip()
    if said.returncode:
        yield f"git does not know its commit: {said.stderr.strip()}"
    elif not head.startswith(contract["commit"]):
        yield f"it is at {head[:12]}; the contract was read at {contract['commit'][:12]}"


def _uses(contract: Mapping[str, Any], checkout: Path) -> Iterator[str]:
    trees: dict[str, ast.Module] = {}
    for use in contract["uses"]:
        file, name = use["file"], use["name"]
        if not (checkout / file).is_file():
            yield f"{file} is not there"
            continue
        if not file.endswith(".py"):  # a configuration: that it is there is all that is used
            continue
        if file not in trees:
            trees[file] = ast.parse((checkout / file).read_text())
        node = _find(trees[file], name.split("."))
        if node is None:
            yield f"{file} has no {name}"
            continue
        known, takes_any = _parameters(node)
        missing = [one for one in use.get("parameters", ()) if one not in known]
        if missing and not takes_any:
            yield f"{file}: {name} takes no {', '.join(missing)}; it takes {', '.join(known) or 'nothing'}"


def _find(tree: ast.Module, path: Sequence[str]) -> ast.AST | None:
    """The definition or assignment of a dotted name; of several, as under an `if`, the last."""
    place: ast.AST = tree
    for name in path:
        found = [node for node in _inside(place) if name in _named(node)]
        if not found:
            return None
        place = found[-1]
    return place


def _inside(place: ast.AST) -> Iterator[ast.AST]:
    """What stands in a body, also under its conditions; not what stands in the functions of it."""
    for node in ast.iter_child_nodes(place):
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With | ast.ExceptHandler):
            yield from _inside(node)


def _named(node: ast.AST) -> tuple[str, ...]:
    """The names that a statement makes."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return (node.name,)
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, ast.AnnAssign):
        targets = [node.target]
    elif isinstance(node, ast.Import | ast.ImportFrom):
        return tuple(one.asname or one.name for one in node.names)
    return tuple(one.id for one in targets if isinstance(one, ast.Name))


def _parameters(node: ast.AST) -> tuple[list[str], bool]:
    """What a function takes, or a class when it is called, without self; and whether it takes any name beside."""
    if isinstance(node, ast.ClassDef):
        init = _find(ast.Module([node], []), [node.name, "__init__"])
        if init is not None:
            return _parameters(init)
        fields = [row.target.id for row in node.body if _is_field(row)]  # type: ignore[attr-defined]
        return fields, not fields
    if not isinstance(node, _Function):
        return (
            [],
            True,
        )  # a value, or a name from elsewhere: that it is there is all that can be told
    said = node.args
    known = [one.arg for one in (*said.posonlyargs, *said.args, *said.kwonlyargs)]
    return known[_is_bound(node, known) :], said.kwarg is not None


def _is_bound(node: ast.FunctionDef | ast.AsyncFunctionDef, known: Sequence[str]) -> bool:
    """Whether the first parameter is what the function is called on."""
    marks = {mark.id for mark in node.decorator_list if isinstance(mark, ast.Name)}
    first = known[0] if known else ""
    return first == "self" or (first == "cls" and "classmethod" in marks)


def _is_field(row: ast.stmt) -> bool:
    return isinstance(row, ast.AnnAssign) and isinstance(row.target, ast.Name)


def _checkouts(words: Sequence[str], contracts: Mapping[str, Mapping[str, Any]]) -> dict[str, Path]:
    """Checkouts by family. Raises SystemExit for one that no contract is about."""
    by_repo = {row["repo"].split("/")[-1].lower(): family for family, row in contracts.items()}
    found = {}
    for word in words:
        family, _, path = word.rpartition("=")
        family = family or by_repo.get(Path(path).resolve().name.lower(), "")
        if family not in contracts:
            raise SystemExit(
                f"{word}: no contract is about it; name it as FAMILY=PATH, of {', '.join(contracts)}"
            )
        found[family] = Path(path)
    return found


def main(words: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("checkouts", nargs="+", metavar="CHECKOUT", help="PATH or FAMILY=PATH")
    parser.add_argument("--contracts", type=Path, default=CONTRACTS)
    args = parser.parse_args(words)
    contracts = {
        path.stem: json.loads(path.read_text()) for path in sorted(args.contracts.glob("*.json"))
    }
    failed = False
    for family, checkout in _checkouts(args.checkouts, contracts).items():
        found = breaches(contracts[family], checkout)
        failed = failed or bool(found)
        kept = len(contracts[family]["uses"])
        print(f"{family}: {'; '.join(found) if found else f'all {kept} uses are there'}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
