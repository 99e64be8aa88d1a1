"""Executes a notebook with the Deno kernel and writes it as HTML.

    python execute.py NOTEBOOK OUTPUT.html TEMPLATES

This is `jupyter nbconvert --execute` with one difference. Deno's kernel sends what a
cell displays from another thread, and may report the end of the cell first; nbconvert
then stops listening and loses outputs silently. Here each cell is followed by a line
that displays a mark, and the next cell waits for the mark. Displays keep their order,
so everything before the mark has arrived by then.
"""

import sys
import uuid
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter

MARK = """
console.log("{mark}");
await Deno.jupyter.display({{ "text/plain": "{mark}" }}, {{ raw: true }});
"""


# The messages that are outputs of a cell.
OUTPUTS = ("stream", "display_data", "update_display_data", "execute_result")

# Seconds without a message after which the kernel counts as dead.
SILENCE = 120


class CompleteClient(NotebookClient):
    """A client that waits for all outputs of a cell."""

    async def async_execute_cell(self, cell, cell_index, *args, **kwargs):
        done = await super().async_execute_cell(cell, cell_index, *args, **kwargs)
        if cell.cell_type == "code":
            await self.wait_for_outputs(cell, cell_index)
        return done

    async def wait_for_outputs(self, cell, cell_index):
        mark = str(uuid.uuid4())
        asked = self.kc.execute(MARK.format(mark=mark), store_history=False)
        awaited = {"stream", "display_data", "idle"}
        while awaited:
            message = await self.kc.get_iopub_msg(timeout=SILENCE)
            kind, content = message["msg_type"], message["content"]
            if message["parent_header"].get("msg_id") == asked:
                if kind == "status" and content["execution_state"] == "idle":
                    awaited.discard("idle")
                elif kind == "error":
                    raise RuntimeError(f"the kernel cannot display: {content['evalue']}")
            if kind == "stream" and mark in content["text"]:
                awaited.discard(kind)
                content["text"] = content["text"].replace(f"{mark}\n", "")
            if mark in str(content.get("data", "")):
                awaited.discard(kind)
            elif kind in OUTPUTS and content.get("text") != "":
                self.process_message(message, cell, cell_index)


def main(notebook, output, templates):
    cells = nbformat.read(notebook, as_version=4)
    folder = str(Path(notebook).resolve().parent)
    client = CompleteClient(
        cells,
        kernel_name="deno",
        resources={"metadata": {"path": folder}},
        timeout=None,  # a query of a large lake may take long
        startup_timeout=120,
        # A busy kernel does not answer a request to shut down, and the client would
        # wait for the answer.
        shutdown_kernel="immediate",
    )
    try:
        client.execute()
    except CellExecutionError as error:
        sys.exit(f"{error.ename}: {error.evalue}".splitlines()[0])
    exporter = HTMLExporter(template_name="report", extra_template_basedirs=[templates])
    page, _ = exporter.from_notebook_node(cells, {"metadata": {"name": Path(notebook).stem}})
    Path(output).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
