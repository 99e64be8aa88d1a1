import { join } from "node:path";
import { assertConformance, conformanceLake, LAKES } from "./conformance.ts";

for (const { name, ...made } of LAKES) {
  Deno.test(`both engines give the same answers over a folder: ${name}`, async () => {
    const folder = await Deno.makeTempDir({ prefix: "conformance-" });
    try {
      const lake = join(folder, "lake");
      await conformanceLake(lake, made);
      await assertConformance(lake);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
