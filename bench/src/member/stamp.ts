/** The first bytes of every measured message: which run, whose, and the how-many-eth. */
export interface Stamp {
  readonly run: number;
  readonly sender: number;
  readonly counter: number;
}

/** Least size of a measured message. */
export const STAMP_BYTES = 12;

export function writeStamp(bytes: Uint8Array, stamp: Stamp): void {
  writeWord(bytes, 0, stamp.run);
  writeWord(bytes, 4, stamp.sender);
  writeWord(bytes, 8, stamp.counter);
}

/** The three fields are read one by one, so that receiving makes no object per message. */
export function stampedRun(bytes: Uint8Array, offset: number): number {
  return readWord(bytes, offset);
}

export function stampedSender(bytes: Uint8Array, offset: number): number {
  return readWord(bytes, offset + 4);
}

export function stampedCounter(bytes: Uint8Array, offset: number): number {
  return readWord(bytes, offset + 8);
}

function writeWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

function readWord(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);
  return (low | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0;
}
