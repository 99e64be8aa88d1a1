import { removeLake } from "../../bench/lake/layouts.ts";
import { assertConformance, conformanceLake } from "../conformance.ts";
import { fresh, stackTest } from "./stack.ts";

for (const rows of [1_000, 100]) {
  stackTest(`both engines answer alike over s3://, ${rows} records a file`, async ({ bucket }) => {
    const lake = `s3://${bucket}/${fresh("conformance")}`;
    try {
      await conformanceLake(lake, rows);
      await assertConformance(lake);
    } finally {
      await removeLake(lake);
    }
  });
}
