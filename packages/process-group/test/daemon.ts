import type { MembershipId, NodeName } from '@group-services/core';
import { wireOffer } from '@group-services/wire';
import type { ProcessGroupEngine } from '../src/index.js';
import type { SentRequest } from './chronicle.js';

type Wish = 'in' | 'in-or-create' | 'out' | 'none';

/** What every daemon here is set to, but for what a scenario sets. */
export const SETTINGS = {
  maxUnstableBytes: 4 * 1024 * 1024,
  lookupMs: (): number => 500,
  features: new Set(wireOffer().features),
};

/** A daemon: its engine and what the internal layer holds for it. */
export class Daemon {
  readonly node: NodeName;
  readonly engine: ProcessGroupEngine;
  readonly open = new Map<number, Uint8Array>();
  toLeader: { readonly n: number; readonly body: Uint8Array }[] = [];
  fromLeader: { readonly n: number; readonly body: Uint8Array }[] = [];
  membership: MembershipId | undefined;
  /** It has its snapshot. */
  isFull = false;
  delivered = 0;
  /** Of the group that it is in, or was in last. */
  generation = 0;
  /** The last request that its engine made. */
  lastRequest: SentRequest | undefined;
  /** When it left the group or fell out of it. */
  readonly leavings: number[] = [];
  wish: Wish = 'none';
  isAlive = true;

  constructor(node: NodeName, engine: ProcessGroupEngine) {
    this.node = node;
    this.engine = engine;
  }

  /** A request of its engine, kept until it is done. */
  asks({ n, body }: { readonly n: number; readonly body: Uint8Array }): void {
    this.open.set(n, body);
    this.toLeader.push({ n, body });
    if (this.membership !== undefined) this.lastRequest = { origin: this.membership, n };
  }
}
