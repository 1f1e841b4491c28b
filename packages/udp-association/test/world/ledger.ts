// What was sent on which association, and whether what arrives may be that.
import { readUint32, writeUint32 } from '../../src/bytes.js';
import type { Plan } from './plan.js';
import type { SimLink } from './sim-link.js';
import { Violation } from './violation.js';

/** What stands in front of a frame: its number in the whole run; the rest follows from it. */
const HEAD_BYTES = 4;

interface Sent {
  readonly key: string;
  readonly side: 'dialler' | 'listener';
  readonly length: number;
  readonly reliable: boolean;
  readonly large: boolean;
  /** Which association of a multicast frame this copy is for. */
  readonly cast: boolean;
  arrived: number;
}

export class Ledger {
  readonly #plan: Plan;
  readonly #sent: Sent[] = [];
  /** The newest that has arrived, by association and direction. */
  readonly #newest = new Map<string, number>();
  frames = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  get sent(): number {
    return this.#sent.length;
  }

  /** A frame that this link, or together with others its process, is about to send. */
  write(
    links: readonly SimLink[],
    what: { readonly length: number; readonly reliable: boolean; readonly large: boolean },
  ): Uint8Array {
    const number = this.#sent.length;
    const cast = links.length > 1;
    for (const { key, side } of links) {
      this.#sent.push({ key, side, ...what, cast, arrived: 0 });
    }
    return content(number, what.length);
  }

  /** A frame has arrived on this link. */
  read(link: SimLink, frame: Uint8Array): void {
    this.frames += 1;
    const first = readUint32(frame, 0);
    // Nothing but the network's own checksums can tell what was damaged on the way.
    if (this.#plan.corrupt > 0) return;
    const number = this.#forLink(link, first);
    const sent = this.#sent[number];
    if (frame.length < HEAD_BYTES || sent === undefined || sent.length !== frame.length) {
      throw new Violation('whole', `a frame of ${frame.length} bytes that nobody sent`);
    }
    if (sent.key !== link.key || sent.side === link.side) {
      throw new Violation('own-association', `frame ${number} of another association`);
    }
    for (let at = HEAD_BYTES; at < frame.length; at += 1) {
      if (frame[at] === contentAt(first, at)) continue;
      throw new Violation('whole', `frame ${number} differs at ${at}`);
    }
    sent.arrived += 1;
    this.#once(sent, number);
    this.#inOrder(link, sent, number);
  }

  /** What had to arrive on an association that was never harmed has arrived. */
  complete(key: string): void {
    const { corrupt, isOrderly, stall } = this.#plan;
    if (corrupt > 0) return;
    for (const [number, sent] of this.#sent.entries()) {
      if (sent.key !== key || sent.arrived > 0) continue;
      if (sent.reliable || (isOrderly && stall === undefined)) {
        throw new Violation('arrives', `frame ${number} of ${sent.length} bytes did not arrive`);
      }
    }
  }

  /** A frame to several is one sending with as many numbers in a row. */
  #forLink(link: SimLink, first: number): number {
    let number = first;
    while (this.#sent[number]?.cast === true && this.#sent[number]?.key !== link.key) number += 1;
    return number;
  }

  #once({ arrived, reliable, large }: Sent, number: number): void {
    const mayDouble = this.#plan.double > 0 && !reliable && !large;
    if (arrived > 1 && !mayDouble) throw new Violation('once', `frame ${number} came again`);
  }

  #inOrder(link: SimLink, { cast }: Sent, number: number): void {
    if (!this.#plan.isOrderly) return;
    const way = `${link.key}${link.side}${cast}`;
    if ((this.#newest.get(way) ?? -1) > number) {
      throw new Violation('in-order', `frame ${number} came late`);
    }
    this.#newest.set(way, number);
  }
}

function contentAt(number: number, at: number): number {
  return (number * 31 + at * 7) & 0xff;
}

function content(number: number, length: number): Uint8Array {
  const made = new Uint8Array(length);
  writeUint32(made, 0, number);
  for (let at = HEAD_BYTES; at < length; at += 1) made[at] = contentAt(number, at);
  return made;
}
