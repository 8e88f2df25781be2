"""Runs the code cells of a notebook one after the other in one namespace, with Python's standard library alone.

    python3 -u runner.py NOTEBOOK FAILURE

What the cells print goes to stdout and stderr as it is. When a cell fails, FAILURE is written as JSON
({"cell": n-th code cell, "traceback": text}) and the exit status is 1. It does the part of IPython that notebooks
use most: the value of a last expression, shell lines, the common magics, top-level await.
"""

import ast
import asyncio
import builtins
import inspect
import io
import json
import linecache
import os
import re
import signal
import subprocess
import sys
import threading
import time
import traceback
import types
import zlib

RULE = "-" * 75


class StdinNotImplementedError(RuntimeError):
    """What ipykernel raises when a program asks a person."""


class StopCells(Exception):
    """exit() without an error: the rest of the notebook is not run."""


def no_input(prompt="", *rest, **more):
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")


def limit_resources():
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        # A notebook that wants more gets a MemoryError before the computer begins to swap.
        resource.setrlimit(resource.RLIMIT_DATA, (int(memory * 0.8),) * 2)
    except (ValueError, OSError, AttributeError):
        pass


def end_with(parent):
    """A program that is killed cannot end what it started: this does, with the whole group."""
    while os.getppid() == parent:
        time.sleep(1)
    os.killpg(0, signal.SIGKILL)


def watch_parent():
    if hasattr(os, "killpg"):
        threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()


class Shell:
    """What get_ipython() gives: shell lines and magics."""

    def __init__(self, namespace):
        self.user_ns = namespace
        self.execution_count = 0

    def system(self, command):
        sys.stdout.flush()
        sys.stderr.flush()
        code = subprocess.call(self.fill(command), shell=True)
        self.user_ns["_exit_code"] = code

    def getoutput(self, command):
        done = subprocess.run(
            self.fill(command), shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        return done.stdout.splitlines()

    def fill(self, command):
        """Puts {expression} and $name into a shell line, as IPython does, where they are known."""

        def expression(match):
            try:
                return str(eval(match.group(1), self.user_ns))
            except Exception:
                return match.group(0)

        def name(match):
            known = match.group(1) in self.user_ns
            return str(self.user_ns[match.group(1)]) if known else match.group(0)

        command = re.sub(r"(?<![\$\{])\{([^{}]+)\}", expression, command)
        return re.sub(r"(?<![\$\\])\$([A-Za-z_]\w*)", name, command)

    def run_line_magic(self, name, rest):
        if name in ("pip", "conda", "uv", "mamba"):
            tool = f'"{sys.executable}" -m pip' if name == "pip" else name
            return self.system(f"{tool} {rest}")
        if name in ("sh", "bash", "system", "sx"):
            return self.system(rest)
        if name == "cd":
            os.chdir(os.path.expanduser(rest.strip().strip("'\"") or "~"))
            print(os.getcwd())
        elif name == "pwd":
            return os.getcwd()
        elif name in ("ls", "cat", "mkdir", "cp", "mv", "rm", "head", "tail", "rmdir"):
            self.system(f"{name} {rest}")
        elif name in ("env", "set_env"):
            return self.env(rest)
        elif name in ("time", "timeit", "prun"):
            return self.timed(re.sub(r"^(?:-\w+\s*\d*\s+)*", "", rest))
        elif name == "run":
            path = rest.split()[0].strip("'\"")
            with open(path) as file:
                exec(compile(file.read(), path, "exec"), self.user_ns)
        elif name in ("who", "whos", "who_ls"):
            print("  ".join(one for one in self.user_ns if not one.startswith("_")))
        elif name not in QUIET:
            print(f"UsageError: Line magic function `%{name}` not found.", file=sys.stderr)
        return None

    magic_names = ()

    def magic(self, line):
        name, _, rest = line.strip().lstrip("%").partition(" ")
        return self.run_line_magic(name, rest)

    def env(self, rest):
        name, has_value, value = rest.partition("=")
        if not has_value:
            parts = rest.split(None, 1)
            if len(parts) < 2:
                return os.environ.get(rest.strip()) if rest.strip() else dict(os.environ)
            name, value = parts
        os.environ[name.strip()] = value.strip()
        print(f"env: {name.strip()}={value.strip()}")
        return None

    def timed(self, code):
        began, cpu = time.perf_counter(), time.process_time()
        value = run_code(code, "<timed>", self.user_ns)
        print(f"CPU times: total: {(time.process_time() - cpu) * 1e3:.3g} ms")
        print(f"Wall time: {(time.perf_counter() - began) * 1e3:.3g} ms")
        return value

    def run_cell_magic(self, name, line, cell):
        if name in ("time", "timeit", "prun"):
            return self.timed(f"{line}\n{cell}" if name == "timeit" and line and not line.startswith("-") else cell)
        if name in ("bash", "sh", "script"):
            shell = "bash" if name == "bash" else "sh"
            code = subprocess.run([shell], input=cell, text=True).returncode
            if code != 0:
                raise subprocess.CalledProcessError(code, shell)
            return None
        if name in ("writefile", "file"):
            append = line.startswith("-a ")
            path = re.sub(r"^(?:-a|--append)\s+", "", line).strip().strip("'\"")
            existed = os.path.exists(path)
            with open(path, "a" if append else "w") as file:
                file.write(cell if cell.endswith("\n") else cell + "\n")
            print(("Appending to " if append else "Overwriting " if existed else "Writing ") + path)
            return None
        if name == "capture":
            kept, sys.stdout = sys.stdout, io.StringIO()
            try:
                return run_code(translate(cell), "<captured>", self.user_ns)
            finally:
                sys.stdout = kept
        if name in ("html", "HTML", "javascript", "js", "latex", "markdown", "svg"):
            print(f"<IPython.core.display.{name.upper()} object>")
            return None
        print(f"UsageError: Cell magic `%%{name}` not found.", file=sys.stderr)
        return None


QUIET = {
    "matplotlib", "load_ext", "reload_ext", "autoreload", "config", "pylab", "precision", "colors", "xmode", "pdb",
    "autosave", "tensorboard", "logstart", "logstop", "reset", "reset_selective", "store", "alias", "gui", "warnings",
    "unload_ext", "history", "autocall", "automagic", "doctest_mode", "pprint", "rehashx", "watermark", "inline",
}  # fmt: skip


def is_python(source):
    try:
        ast.parse(source)
        return True
    except SyntaxError:
        return False


def translate(source):
    """Turns shell lines and magics into calls. Source that is plain Python stays as it is."""
    first, _, rest = source.lstrip("\n").partition("\n")
    cell_magic = re.match(r"%%(\w+)\s*(.*)$", first)
    if cell_magic:
        body = translate(rest) if cell_magic.group(1) in ("time", "timeit", "prun") else rest
        return f"get_ipython().run_cell_magic({cell_magic.group(1)!r}, {cell_magic.group(2).strip()!r}, {body!r})"
    if is_python(source):
        return source
    lines, out = source.split("\n"), []
    while lines:
        line = lines.pop(0)
        if re.match(r"\s*(?:[\w.\[\]'\", ]+=\s*)?[!%]\S", line):
            while line.endswith("\\") and lines:
                line = line[:-1] + lines.pop(0).lstrip()
        out.append(translate_line(line))
    return "\n".join(out)


def translate_line(line):
    assigned = re.match(r"(\s*)([\w.\[\]'\", ]+?)\s*=\s*([!%])(\S.*)$", line)
    if assigned:
        indent, target, sign, rest = assigned.groups()
        if sign == "!":
            return f"{indent}{target} = get_ipython().getoutput({rest!r})"
        return f"{indent}{target} = get_ipython().magic({rest!r})"
    special = re.match(r"(\s*)(!!?|%)(\S.*)$", line)
    if special:
        indent, sign, rest = special.groups()
        if sign == "%" and not re.match(r"[A-Za-z_]", rest):
            return line
        return f"{indent}get_ipython().{'magic' if sign == '%' else 'system'}({rest!r})"
    asked = re.match(r"\s*\?{0,2}([\w.]+)\?{1,2}\s*$", line)
    return f"help({asked.group(1)})" if asked else line


def run_code(source, name, namespace):
    """Runs statements; the value of a last expression comes back unless a semicolon ends it."""
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    tree = ast.parse(source, name)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        last = ast.Expression(tree.body.pop().value)
    run_tree(compile(tree, name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), namespace)
    if last is None:
        return None
    return run_tree(compile(last, name, "eval", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), namespace)


def run_tree(code, namespace):
    value = eval(code, namespace)
    if code.co_flags & inspect.CO_COROUTINE:
        return LOOP.run_until_complete(value)
    return value


def display(*things):
    for thing in things:
        print(thing if isinstance(thing, str) else repr(thing))


def excerpt(name, number):
    lines = linecache.getlines(name)
    out = []
    for at in range(max(1, number - 2), min(len(lines), number + 2) + 1):
        text = lines[at - 1].rstrip("\n")
        out.append(f"{'-' * (5 - len(str(at))) + '> ' if at == number else ' ' * (7 - len(str(at)))}{at} {text}".rstrip())
    return "\n".join(out)


def describe(error):
    """The traceback of IPython, without colours, as Kaggle's image writes it."""
    kind = type(error).__name__
    if isinstance(error, SyntaxError) and (error.filename or "").startswith(CELLS):
        text = (error.text or "").rstrip("\n")
        mark = " " * max(0, (error.offset or 1) - 1) + "^"
        return f'  File "{error.filename}", line {error.lineno}\n    {text}\n    {mark}\n{kind}: {error.msg}\n'
    head = f"{kind}{'Traceback (most recent call last)':>{max(1, 75 - len(kind))}}"
    parts = [RULE, head]
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == __file__:
            continue
        where = "<cell line: 0>()" if frame.name == "<module>" else f"{frame.name}()"
        parts.append(f"{frame.filename} in {where}\n{excerpt(frame.filename, frame.lineno)}\n")
    parts.append("".join(traceback.format_exception_only(type(error), error)).rstrip("\n"))
    return "\n".join(parts) + "\n"


CELLS = "/tmp/ipykernel_17/"
LOOP = asyncio.new_event_loop()


def run_cell(shell, source):
    """Runs one cell. Raises what the cell raised."""
    shell.execution_count += 1
    code = translate(source)
    name = f"{CELLS}{zlib.crc32(source.encode()) & 0xFFFFFFFF}.py"
    try:
        value = run_code(code, name, shell.user_ns)
    except SystemExit as leaving:
        if leaving.code in (None, 0):
            raise StopCells() from None
        print("An exception has occurred, use %tb to see the full traceback.\n", file=sys.stderr)
        raise
    if value is not None:
        shell.user_ns["_"] = value
        print(repr(value))


def main():
    limit_resources()
    watch_parent()
    notebook, failure = sys.argv[1], sys.argv[2]
    with open(notebook, encoding="utf-8") as file:
        cells = json.load(file)["cells"]
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    sys.argv = ["ipykernel_launcher.py"]
    sys.path[0] = ""
    shell = Shell(module.__dict__)
    builtins.input = no_input
    builtins.get_ipython = lambda: shell
    builtins.display = display
    asyncio.set_event_loop(LOOP)
    for cell in cells:
        source = cell.get("source", "")
        source = source if isinstance(source, str) else "".join(source)
        if cell.get("cell_type") != "code" or not source.strip():
            continue
        try:
            run_cell(shell, source)
        except StopCells:
            break
        except BaseException as error:
            sys.stdout.flush()
            if "raises-exception" in cell.get("metadata", {}).get("tags", []):
                print(describe(error), file=sys.stderr)
                continue
            with open(failure, "w", encoding="utf-8") as file:
                json.dump({"cell": shell.execution_count, "traceback": describe(error)}, file)
            os._exit(1)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()


if __name__ == "__main__":
    main()
