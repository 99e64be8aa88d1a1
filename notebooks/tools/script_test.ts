import assert from "node:assert/strict";
import { moduleOf, type Notebook } from "./script.ts";

const notebook = (...sources: (string | string[])[]): Notebook => ({
  metadata: {},
  cells: sources.map((source) => ({ cell_type: "code", metadata: {}, source })),
});

Deno.test("imports of a cell work wherever the module is", () => {
  const cell = [
    'import { a } from "./support/mod.ts";',
    'import "../side.ts";',
    'const b = await import("./late.ts");',
    'import * as Plot from "@observablehq/plot";',
    'const text = "./stays.ts";',
  ];
  assert.equal(
    moduleOf(notebook(cell.join("\n")), "/home/ada/my notebooks/n.ipynb"),
    [
      'import { a } from "file:///home/ada/my%20notebooks/support/mod.ts";',
      'import "file:///home/ada/side.ts";',
      'const b = await import("file:///home/ada/my%20notebooks/late.ts");',
      'import * as Plot from "@observablehq/plot";',
      'const text = "./stays.ts";\n',
    ].join("\n"),
  );
});

Deno.test("the script contains the code cells in order, and no other cells", () => {
  const mixed = notebook("const a = 1;", ["const b = a;\n", "b;"]);
  mixed.cells.splice(1, 0, { cell_type: "markdown", metadata: {}, source: "# not code" });
  assert.equal(moduleOf(mixed, "/n.ipynb"), "const a = 1;\n\nconst b = a;\nb;\n");
});
