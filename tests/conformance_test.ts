import { join } from "node:path";
import { assertConformance, conformanceLake } from "./conformance.ts";

// Few files are read by views where they lie; many small ones are read once, into a table.
for (const rows of [1_000, 100]) {
  Deno.test(`both engines answer alike over a folder, ${rows} records a file`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "conformance-" });
    try {
      const lake = join(folder, "lake");
      await conformanceLake(lake, rows);
      await assertConformance(lake);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
