import assert from "node:assert/strict";
import { withSection } from "./section.ts";

const README =
  "# Figures\n\nRead ratios.\n\n## One: `a`\n\n### Part\n\nold\n\n## Two: `b`\n\nold\n";

Deno.test("a section takes the place of its old text, and the others stay", () => {
  assert.equal(
    withSection(README, "## One: `c`\n\nnew\n"),
    "# Figures\n\nRead ratios.\n\n## One: `c`\n\nnew\n\n## Two: `b`\n\nold\n",
  );
  assert.equal(
    withSection(README, "## Two: `b`\n\nnew"),
    README.replace(/old\n$/, "new\n"),
  );
});

Deno.test("a section that is new comes last", () => {
  assert.equal(withSection(README, "## Three\n\nnew"), `${README}\n## Three\n\nnew\n`);
  assert.equal(withSection("", "## Three\n\nnew"), "## Three\n\nnew\n");
});
