import type { Holding } from './name-server-messages.js';

/**
 * What a daemon holds of all its processor groups, in 128 bits: said instead of naming thousands of groups in
 * every renewal.
 *
 * The sum of what its holdings hash to, in any order; so the name server keeps it up to date with each change of
 * an entry and never goes through them all. Nothing rests on it but whether a daemon is told what it may have
 * missed, so it guards against chance and not against forgers.
 */
export class HoldingsDigest {
  readonly #lanes = new Uint32Array(LANES.length);

  static of(holdings: Iterable<Held>): string {
    const digest = new HoldingsDigest();
    for (const holding of holdings) digest.add(holding);
    return digest.text;
  }

  add(holding: Held): void {
    this.#sum(holding, 1);
  }

  remove(holding: Held): void {
    this.#sum(holding, -1);
  }

  /** As it is said: 32 hexadecimal digits. */
  get text(): string {
    return Array.from(this.#lanes, (lane) => lane.toString(16).padStart(8, '0')).join('');
  }

  #sum({ group, generation, version, membership }: Held, sign: 1 | -1): void {
    const text = `${group}\n${generation}\n${version}\n${membership}`;
    const lanes = this.#lanes;
    for (const [index, { start, factor }] of LANES.entries()) {
      // A typed array keeps the sum modulo 2^32.
      lanes[index] = (lanes[index] ?? 0) + sign * hash(text, start, factor);
    }
  }
}

/** What of a holding tells whether the name server has anything to say to it. */
export type Held = Pick<Holding, 'group' | 'generation' | 'version' | 'membership'>;

/** Four hashes that have nothing to do with one another: FNV-1a over UTF-16 units, each with its numbers. */
const LANES = [
  { start: 0x811c9dc5, factor: 0x01000193 },
  { start: 0x9e3779b9, factor: 0x85ebca6b },
  { start: 0x7f4a7c15, factor: 0xc2b2ae35 },
  { start: 0x94d049bb, factor: 0x27d4eb2f },
] as const;

function hash(text: string, start: number, factor: number): number {
  let bits = start;
  for (let at = 0; at < text.length; at += 1) {
    bits = Math.imul(bits ^ text.charCodeAt(at), factor);
  }
  // The last letters have not met all bits yet.
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
