// What the shell of a link does, in virtual time, with an owner who checks what arrives.

import { type Frame, frameLength } from '../../src/frame.js';
import {
  type Association,
  type AssociationEnd,
  type AssociationInput,
  keyOf,
} from '../../src/index.js';
import type { SimProcess } from './process.js';
import { Violation } from './violation.js';

/** With more bytes than this an owner waits. */
export const HIGH_WATER_MARK = 32 * 1024;

const HANDLED = { kind: 'handled' } as const;

export interface SimLinkOptions {
  readonly id: Uint8Array;
  readonly side: 'dialler' | 'listener';
  readonly process: SimProcess;
  readonly association: Association;
  readonly transmit: (datagram: Uint8Array) => void;
  readonly gone: () => void;
  readonly handed: (link: SimLink, frame: Uint8Array) => void;
}

export class SimLink {
  readonly key: string;
  readonly side: 'dialler' | 'listener';
  readonly #o: SimLinkOptions;
  readonly #timer: { at: number } = { at: Number.POSITIVE_INFINITY };
  reason: AssociationEnd | undefined;
  closedAt: number | undefined;
  isGone = false;
  /** What this end has done to the link itself. */
  ended: 'close' | 'abort' | undefined;

  constructor(options: SimLinkOptions) {
    this.#o = options;
    this.key = keyOf(options.id);
    this.side = options.side;
  }

  get process(): SimProcess {
    return this.#o.process;
  }

  get id(): Uint8Array {
    return this.#o.id;
  }

  get isOpen(): boolean {
    return this.#o.association.isOpen && this.process.isAlive;
  }

  get bufferedBytes(): number {
    return this.#o.association.bufferedBytes;
  }

  get hasRoom(): boolean {
    return this.#o.association.hasRoom;
  }

  get hearsStream(): boolean {
    return this.#o.association.hearsStream;
  }

  get deadline(): number {
    return this.#o.association.deadline();
  }

  /** Only for who has looked that there is room. */
  send(frame: Frame): void {
    this.step({ kind: 'send', frame });
    this.step({ kind: 'flush' });
    if (this.bufferedBytes > HIGH_WATER_MARK + frameLength(frame) + 64 * 1024) {
      throw new Violation('bounded', `${this.bufferedBytes} bytes wait at the ${this.side}`);
    }
  }

  end(how: 'close' | 'abort'): void {
    this.ended ??= how;
    this.step({ kind: how });
  }

  step(input: AssociationInput): void {
    const { process, association } = this.#o;
    if (!process.isAlive) return;
    let handed = this.#perform(input);
    while (handed) handed = this.#perform(HANDLED);
    process.remind(this.#timer, association.deadline(), () =>
      this.step({ kind: 'deadlineReached' }),
    );
  }

  #perform(input: AssociationInput): boolean {
    const { process, association } = this.#o;
    let handed = false;
    for (const output of association.step(input, process.clock)) {
      if (this.isGone && output.kind !== 'closed') {
        throw new Violation('ends-once', `${output.kind} after the end`);
      }
      switch (output.kind) {
        case 'transmit':
          this.#o.transmit(output.datagram);
          break;
        case 'frame':
          if (this.reason !== undefined) throw new Violation('ends-once', 'a frame after the end');
          handed = true;
          this.#o.handed(this, output.frame);
          break;
        case 'closed':
          if (this.reason !== undefined) throw new Violation('ends-once', 'closed twice');
          this.reason = output.reason;
          this.closedAt = process.world.now;
          break;
        case 'gone':
          this.isGone = true;
          this.#o.gone();
          break;
        case 'drained':
          break;
      }
    }
    return handed;
  }
}
