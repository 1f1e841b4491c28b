import type { Rng } from '@group-services/core';
import type { LeadAnswer, LeadRequest } from '@group-services/name-server';
import type { VirtualTime } from '@group-services/testkit';
import type { EtcdModel } from './etcd-model.js';

/** How a network between a name server and etcd is. */
export interface PathProfile {
  readonly delayMs: number;
  /** Of a question, and of an answer. */
  readonly loss: number;
  /** Another copy of a question arrives, much later. */
  readonly late: number;
  readonly lateMs: number;
}

/** The way of one name server to etcd: slow, lossy, cut for a while, and with copies that come much later. */
export class EtcdPath {
  readonly #parts: PathParts;
  isCut = false;
  /** Nothing is lost, and nothing comes late, any more. */
  isWell = false;

  constructor(parts: PathParts) {
    this.#parts = parts;
  }

  /** Exactly one of both is called, unless nobody is there to be told any more. */
  ask(
    { request, timeoutMs }: { readonly request: LeadRequest; readonly timeoutMs: number },
    answered: (answer: LeadAnswer) => void,
    failed: () => void,
  ): void {
    const { time, rng, profile } = this.#parts;
    let isOpen = true;
    time.after(timeoutMs, () => {
      if (isOpen) failed();
      isOpen = false;
    });
    const tell = (answer: LeadAnswer): void => {
      if (isOpen) answered(answer);
      isOpen = false;
    };
    if (!this.#isLost()) this.#arrive(request, this.#delay(), tell);
    if (!this.isWell && rng.chance(profile.late)) {
      this.#arrive(request, rng.between(1, profile.lateMs), () => {});
    }
  }

  /** A word of etcd's own, such as that of a watch. */
  told(tell: () => void): void {
    if (this.isCut || this.#isLost()) return;
    this.#parts.time.after(this.#delay(), tell);
  }

  #arrive(request: LeadRequest, afterMs: number, tell: (answer: LeadAnswer) => void): void {
    const { time, etcd } = this.#parts;
    // What is on its way when the path is cut has left already.
    if (this.isCut) return;
    time.after(afterMs, () => {
      if (!etcd.hasMajority) return;
      const answer = etcd.serve(request);
      if (answer === undefined || this.isCut || this.#isLost()) return;
      time.after(this.#delay(), () => tell(answer));
    });
  }

  #isLost(): boolean {
    return !this.isWell && this.#parts.rng.chance(this.#parts.profile.loss);
  }

  #delay(): number {
    return this.#parts.rng.next() * this.#parts.profile.delayMs;
  }
}

interface PathParts {
  readonly time: VirtualTime;
  readonly rng: Rng;
  readonly etcd: EtcdModel;
  readonly profile: PathProfile;
}
