import assert from "node:assert/strict";
import { withSection } from "./section.ts";

const README =
  "# Figures\n\nRead ratios.\n\n## One: `a`\n\n### Part\n\nold\n\n## Two: `b`\n\nold\n";

Deno.test("writing a section replaces its old text and keeps the other sections", () => {
  assert.equal(
    withSection(README, "## One: `c`\n\nnew\n"),
    "# Figures\n\nRead ratios.\n\n## One: `c`\n\nnew\n\n## Two: `b`\n\nold\n",
  );
  assert.equal(
    withSection(README, "## Two: `b`\n\nnew"),
    README.replace(/old\n$/, "new\n"),
  );
});

Deno.test("a new section is appended at the end", () => {
  assert.equal(withSection(README, "## Three\n\nnew"), `${README}\n## Three\n\nnew\n`);
  assert.equal(withSection("", "## Three\n\nnew"), "## Three\n\nnew\n");
});
