"""Runs a notebook with nbclient and ipykernel, and tells what it prints while it prints it.

    python3 jupyter.py NOTEBOOK FAILURE EXECUTED

Stdout carries one JSON line for each piece of output ({"stream": ..., "text": ...}) and one that names the process of the
kernel ({"pid": ...}). When a cell fails, FAILURE is written as JSON ({"cell": ..., "traceback": ...}; without a cell when the
kernel itself died) and the exit status is 1. Exit status 97: Jupyter does not work here, and nothing was run.
"""

import json
import os
import re
import signal
import sys
import threading
import time

lines = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
# The kernel inherits this process's stdout: what it prints there by itself must not be taken for our lines.
os.dup2(2, 1)


def tell(line):
    lines.write(json.dumps(line) + "\n")
    lines.flush()


try:
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError
except Exception as error:
    print(error, file=sys.stderr)
    sys.exit(97)

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Teller(NotebookClient):
    started = False

    async def async_start_new_kernel(self, **more):
        await super().async_start_new_kernel(**more)
        process = getattr(self.km, "provisioner", None) or getattr(self.km, "kernel", None)
        pid = getattr(process, "pid", None)
        if pid:
            tell({"pid": pid})

    async def async_start_new_kernel_client(self, **more):
        client = await super().async_start_new_kernel_client(**more)
        self.started = True
        return client

    def process_message(self, msg, cell, cell_index):
        content = msg["content"]
        if msg["msg_type"] == "stream":
            tell({"stream": content["name"], "text": content["text"]})
        elif msg["msg_type"] in ("execute_result", "display_data", "update_display_data"):
            text = content.get("data", {}).get("text/plain")
            if text:
                tell({"stream": "stdout", "text": ("".join(text) if isinstance(text, list) else text) + "\n"})
        return super().process_message(msg, cell, cell_index)


def end_with(parent):
    """A program that is killed cannot end what it started. The kernel ends by itself when this process is gone."""
    while os.getppid() == parent:
        time.sleep(1)
    os.killpg(0, signal.SIGKILL)


def fail(path, cell, text):
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"cell": cell, "traceback": ANSI.sub("", text)}, file)
    lines.flush()
    os._exit(1)


def failed_cell(notebook):
    """The cell that failed, its number among the executed ones, and its error output."""
    number = 0
    for cell in notebook.cells:
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        number += 1
        for output in cell.get("outputs", []):
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", []):
                return number, output
    return number, None


def main():
    if hasattr(os, "killpg"):
        threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    path, failure, executed = sys.argv[1:4]
    notebook = nbformat.read(path, as_version=4)
    client = Teller(
        notebook,
        timeout=None,
        kernel_name="python3",
        resources={"metadata": {"path": os.getcwd()}},
        startup_timeout=60,
        shutdown_kernel="immediate",
    )
    try:
        client.execute()
    except CellExecutionError as error:
        number, output = failed_cell(notebook)
        if output is None:
            fail(failure, number, str(error))
        if not (output.ename == "SystemExit" and output.evalue in ("", "0", "None")):
            fail(failure, number, "\n".join(output.traceback) + "\n")
    except DeadKernelError as error:
        number, _ = failed_cell(notebook)
        ran = [cell.source for cell in notebook.cells if cell.cell_type == "code" and cell.execution_count]
        if not (ran and re.search(r"\b(?:exit|quit)\(\s*\)", ran[-1])):
            fail(failure, None, f"nbclient.exceptions.DeadKernelError: {error}\n")
    except Exception as error:
        if not client.started:
            print(error, file=sys.stderr)
            os._exit(97)
        raise
    nbformat.write(notebook, executed)


main()
