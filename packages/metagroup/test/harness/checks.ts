import type { MembershipId } from '@group-services/core';
import { Agreed } from '@group-services/testkit';
import type { Entry, GroupEnvelope } from '@group-services/wire';
import type { Branch, MetagroupOutput, Observation } from '../../src/index.js';
import { parseRequest, toText } from './app.js';
import type { TestNode } from './node.js';

type Delivered = Extract<Observation, { readonly kind: 'delivered' }>;

/** One membership's deliveries: the key of each position from its base on. */
interface History {
  readonly generation: number;
  readonly base: number;
  last: number;
  /** Up to here the history has been compared with everybody's. */
  checked: number;
  readonly keys: Map<number, string>;
  readonly counters: Map<MembershipId, number>;
}

/**
 * The invariants of `internal-layer.md` §9, checked while a domain runs; each violation throws.
 *
 * What a view or another safe message ends is everybody's history: whoever delivers one must have
 * delivered the same before it (total order, uniformity, virtual synchrony). What a failed member
 * delivered after its last safe message is its own affair.
 */
export class Checks {
  readonly #histories = new Map<MembershipId, History>();
  readonly #placers = new Agreed();
  readonly #views = new Agreed();
  readonly #everybodys = new Map<string, string>();
  readonly #requests = new Map<string, string>();
  /** What members have promised to claimants: `member generation:version`. */
  readonly #promises = new Set<string>();
  readonly branches = new Map<Branch, number>();
  deliveries = 0;

  /** A message is on its way, or lost. */
  said({ from, generation, message }: GroupEnvelope): void {
    if (message.kind === 'state') this.#promises.add(`${from} ${generation}:${message.version}`);
  }

  happened(node: TestNode, output: MetagroupOutput): void {
    if (output.kind === 'leading') this.#leads(node.membership as MembershipId, output.entry);
    if (output.kind !== 'observed') return;
    const self = node.membership as MembershipId;
    const generation = node.engine?.generation ?? 0;
    const { event } = output;
    switch (event.kind) {
      case 'based':
        this.#histories.set(self, newHistory(generation, event.position));
        return;
      case 'placed':
        return this.#placed(`${generation}:${event.version}`, self);
      case 'delivered':
        return this.#delivered(self, event);
      case 'installed':
        return this.#installed(self, generation, event.entry);
      case 'branch':
        this.branches.set(event.name, (this.branches.get(event.name) ?? 0) + 1);
        return;
      default:
        return;
    }
  }

  /** Stability means all, so every member has to promise a version before its leader may begin. */
  #leads(self: MembershipId, { generation, version, members }: Entry): void {
    for (const { id } of members) {
      const promised = id === self || this.#promises.has(`${id} ${generation}:${version}`);
      assert(promised, 'takeover-by-all', `${self} leads ${generation}:${version} without ${id}`);
    }
  }

  /** Compares all that a member has delivered with what everybody has. */
  settle(self: MembershipId): void {
    const history = this.#histories.get(self);
    if (history !== undefined) this.#compare(self, history);
  }

  #placed(version: string, self: MembershipId): void {
    const other = this.#placers.differing(version, self, self);
    assert(other === undefined, 'single-leader', `${version}: ${other?.by}, ${self}`);
  }

  #installed(self: MembershipId, generation: number, entry: Entry): void {
    const ids = entry.members.map((member) => `${member.id}@${member.joinVersion}`);
    const key = `${generation}:${entry.version}`;
    const list = ids.join(' ');
    const first = this.#views.differing(key, list, self);
    assert(first === undefined, 'view-agreement', `${key}: ${first?.text} / ${list}`);
    const listed = entry.members.some((member) => member.id === self);
    assert(listed, 'self-inclusion', `${self} in ${key}`);
  }

  #delivered(self: MembershipId, event: Delivered): void {
    const history = this.#histories.get(self);
    assert(history !== undefined, 'no-gap', `${self} delivers without a base`);
    assert(event.seq === history.last + 1, 'no-gap', `${self}: ${history.last}, ${event.seq}`);
    this.deliveries += 1;
    history.last = event.seq;
    const text = event.view ? 'view' : toText(event.body);
    history.keys.set(event.seq, `${event.origin} ${event.counter} ${text}`);
    if (event.counter > 0) {
      const before = history.counters.get(event.origin) ?? 0;
      assert(event.counter > before, 'no-duplicate', `${self}: ${event.origin} ${event.counter}`);
      history.counters.set(event.origin, event.counter);
    }
    if (event.safe) this.#compare(self, history);
  }

  #compare(self: MembershipId, history: History): void {
    for (let seq = history.checked + 1; seq <= history.last; seq += 1) {
      const position = `${history.generation}:${seq}`;
      const mine = history.keys.get(seq) as string;
      const known = this.#everybodys.get(position);
      assert(
        known === undefined || known === mine,
        'uniformity',
        `${self} ${seq}: ${known}/${mine}`,
      );
      if (known === undefined) this.#noteRequest(history.generation, mine, seq);
      this.#everybodys.set(position, mine);
    }
    history.checked = history.last;
  }

  /** A request is carried out once, whoever led meanwhile. */
  #noteRequest(generation: number, key: string, seq: number): void {
    const text = key.split(' ').slice(2).join(' ');
    const request = parseRequest(text);
    if (request === undefined) return;
    const id = `${generation} ${request.origin} ${request.n}`;
    assert(!this.#requests.has(id), 'requests-once', `${id} at ${seq}`);
    this.#requests.set(id, text);
  }
}

function newHistory(generation: number, base: number): History {
  return { generation, base, last: base, checked: base, keys: new Map(), counters: new Map() };
}

function assert(holds: boolean, invariant: string, detail: string): asserts holds {
  if (!holds) throw new Error(`${invariant} is violated: ${detail}`);
}
