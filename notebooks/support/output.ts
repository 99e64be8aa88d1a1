/**
 * Shows output in Jupyter, or on the terminal when the cells run as a script.
 *
 * @module
 */

/** Output in several forms, by media type. The terminal prints `text/plain`. */
export type Bundle = Record<string, string> & { "text/plain": string };

/** Shows one output. */
export type Output = (bundle: Bundle) => Promise<void>;

interface Jupyter {
  display(bundle: Bundle, options: { raw: true }): Promise<void>;
}

/**
 * Returns the display of the Jupyter kernel; null outside a kernel, where reading `Deno.jupyter`
 * throws.
 */
function jupyter(): Jupyter | null {
  try {
    return (Deno as unknown as { jupyter?: Jupyter }).jupyter ?? null;
  } catch {
    return null;
  }
}

/** Shows an output in the notebook, or prints its text outside Jupyter. */
export const output: Output = async (bundle) => {
  const kernel = jupyter();
  if (kernel) return await kernel.display(bundle, { raw: true });
  await Deno.stdout.write(new TextEncoder().encode(`${bundle["text/plain"]}\n\n`));
};
