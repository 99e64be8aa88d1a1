import { removeLake } from "../../bench/lake/layouts.ts";
import { assertConformance, conformanceLake, LAKES } from "../conformance.ts";
import { fresh, stackTest } from "./stack.ts";

for (const { name, ...made } of LAKES) {
  stackTest(`both engines answer alike over s3://: ${name}`, async ({ bucket }) => {
    const lake = `s3://${bucket}/${fresh("conformance")}`;
    try {
      await conformanceLake(lake, made);
      await assertConformance(lake);
    } finally {
      await removeLake(lake);
    }
  });
}
