/**
 * Where a notebook shows things: in Jupyter, or in a terminal when its cells
 * run as a script.
 *
 * @module
 */

/** One thing in several forms, by media type; `text/plain` is what a terminal gets. */
export type Bundle = Record<string, string> & { "text/plain": string };

/** Shows one thing. */
export type Output = (bundle: Bundle) => Promise<void>;

interface Jupyter {
  display(bundle: Bundle, options: { raw: true }): Promise<void>;
}

/** The kernel's display, or null outside a kernel, where Deno has the name but refuses it. */
function jupyter(): Jupyter | null {
  try {
    return (Deno as unknown as { jupyter?: Jupyter }).jupyter ?? null;
  } catch {
    return null;
  }
}

/** Shows a thing in the notebook, or prints its text where there is none. */
export const output: Output = async (bundle) => {
  const kernel = jupyter();
  if (kernel) return await kernel.display(bundle, { raw: true });
  await Deno.stdout.write(new TextEncoder().encode(`${bundle["text/plain"]}\n\n`));
};
