/** Compare-and-set: no condition, no value yet, or these bytes. */
export function holds(condition: Uint8Array | null | undefined, value: Uint8Array | null): boolean {
  if (condition === undefined) return true;
  if (condition === null || value === null) return condition === value;
  return (
    condition.length === value.length && condition.every((byte, index) => byte === value[index])
  );
}
