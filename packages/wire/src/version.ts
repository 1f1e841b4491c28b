/** The version of the bytes on connections; it has nothing to do with package versions. */
export const WIRE_VERSION = { min: 1, max: 1 } as const;

export interface WireVersions {
  readonly min: number;
  readonly max: number;
}

/** The highest version that both sides speak; undefined when there is none. */
export function commonWireVersion(a: WireVersions, b: WireVersions): number | undefined {
  const highest = Math.min(a.max, b.max);
  return highest >= Math.max(a.min, b.min) ? highest : undefined;
}
