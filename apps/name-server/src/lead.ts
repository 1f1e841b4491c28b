import type { ProgramFailure } from '@group-services/runtime';
import type { EtcdHealth } from './etcd/health.js';
import type { LeadershipState } from './etcd/leadership.js';
import type { Store } from './store/contract.js';

/** Whether this name server is the one that answers, and since when. */
export interface Lead {
  /** Whether what is said counts at this very moment. */
  readonly mayAnswer: boolean;
  /** Undefined: there are no others. */
  readonly state: LeadershipState | undefined;
  readonly etcd: EtcdHealth | undefined;
  /** Undefined: there is nobody to hand over to. */
  readonly stepDown: (() => void) | undefined;
  start(events: LeadEvents): void;
  close(): Promise<void>;
}

export interface LeadEvents {
  readonly activated: (store: Store) => void;
  readonly deposed: (why: string) => void;
  readonly failed: (reason: ProgramFailure) => void;
}

/** The only name server of its store: it is active from the start. */
export class SoleLead implements Lead {
  readonly mayAnswer = true;
  readonly state = undefined;
  readonly etcd = undefined;
  readonly stepDown = undefined;
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  start({ activated }: LeadEvents): void {
    activated(this.#store);
  }

  async close(): Promise<void> {
    await this.#store.close();
  }
}
