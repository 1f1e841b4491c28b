const DIGITS = 16;

/**
 * The fencing token of a view (B2): as a string strictly greater with every view, over all lives and
 * generations of the group. Positions grow within a generation, generations over restarts.
 */
export function fence(generation: number, viewPosition: number): string {
  return `${padded(generation)}-${padded(viewPosition)}`;
}

function padded(value: number): string {
  return String(value).padStart(DIGITS, '0');
}
