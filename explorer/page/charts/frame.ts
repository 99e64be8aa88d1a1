/**
 * Draws at most once per frame of the screen.
 *
 * @module
 */

/**
 * Creates a function that draws once before the next frame, even if it is called several times.
 */
export function oncePerFrame(draw: () => void): () => void {
  let planned = false;
  return () => {
    if (planned) return;
    planned = true;
    requestAnimationFrame(() => {
      planned = false;
      draw();
    });
  };
}
