import { type Instant, NEVER } from '@group-services/core';
import {
  type Features,
  type FromNameServer,
  labelsProblem,
  type NodeEnd,
  type NodeOfDomain,
  type ToClient,
  type ToNameServer,
} from '@group-services/wire';

type Approved = Extract<ToClient, { readonly kind: 'approved' }>;
type ViewChange = NonNullable<Approved['membership']>;
type ClientView = Extract<ToClient, { readonly kind: 'snapshot' }>['snapshot']['view'];
type Told = Extract<FromNameServer, { readonly kind: 'nodes' }>;

/** What has changed in the list, as subscriptions are told. */
export interface NodesChange {
  readonly position: number;
  readonly kind: 'join' | 'leave' | 'failure';
  readonly membership: ViewChange;
}

/**
 * The daemons of the domain as this one knows them from the name server (B12).
 *
 * With every connection the name server is asked anew and tells the whole list. What was known before is
 * compared with it, daemon by daemon, each start of a node being another one, so that a change that came while
 * there was no connection is told once, and what has not changed is told never. Until then the list is the last
 * one known.
 */
export class NodesList {
  readonly #ports: NodesListPorts;
  /** Undefined before anything was told. */
  #listed: Map<string, Listed> | undefined;
  /** Pieces of a whole list, or of a change, before the last one. */
  #gathering: Gathered | undefined;
  #features: Features | undefined;
  /** The number of the present watch; 0: nothing is asked for on this connection. */
  #number = 0;
  #n = 0;
  #version = 0;
  #lastNo = 0;
  #position = 0;
  #askAgainAt: Instant = NEVER;
  #isWanted = false;

  constructor(ports: NodesListPorts) {
    this.#ports = ports;
  }

  get isKnown(): boolean {
    return this.#listed !== undefined;
  }

  /** Whether there is a connection to a name server that cannot tell of nodes. */
  get isTooOld(): boolean {
    return this.#features !== undefined && !this.#features.has('nodes');
  }

  /** From now on somebody here wants to know. */
  want(): void {
    this.#isWanted = true;
    if (this.#number === 0) this.#ask();
  }

  up(features: Features): void {
    this.#features = features;
    this.#number = 0;
    if (this.#isWanted) this.#ask();
  }

  down(): void {
    this.#features = undefined;
    this.#number = 0;
    this.#askAgainAt = NEVER;
  }

  deadline(): Instant {
    return this.#askAgainAt;
  }

  /** Something of the present watch was lost. */
  onDeadline(): void {
    if (this.#askAgainAt <= this.#ports.now()) this.#ask();
  }

  get snapshot(): { view: ClientView; stateValue: null; position: number } {
    const listed = [...(this.#listed ?? [])];
    const view = {
      version: this.#version,
      fence: fenceAt(this.#position),
      providers: listed.map(([id]) => id),
      numbers: listed.map(([, { no }]) => no),
      labels: Object.fromEntries(listed.map(([id, { labels }]) => [id, labels])),
    };
    return { view, stateValue: null, position: this.#position };
  }

  /** `first`: the list is known from now on. A change is given once its last piece is here. */
  told(message: Told): NodesChange | 'first' | undefined {
    if (message.number !== this.#number || message.n <= this.#n) return undefined;
    if (message.n !== this.#n + 1) {
      this.#askAgainAt = this.#ports.now();
      return undefined;
    }
    this.#n = message.n;
    const { whole = false, joined, left, more, position } = message;
    this.#gathering ??= { whole, joined: [], left: [] };
    this.#gathering.joined.push(...joined);
    this.#gathering.left.push(...left);
    if (more === true) return undefined;
    const all = this.#gathering;
    this.#gathering = undefined;
    const isFirst = this.#listed === undefined;
    const change = this.#apply(all, position);
    return isFirst ? 'first' : change;
  }

  #ask(): void {
    this.#askAgainAt = NEVER;
    if (this.#features?.has('nodes') !== true) return;
    this.#number = this.#ports.nextNumber();
    this.#n = 0;
    this.#gathering = undefined;
    this.#ports.send({ kind: 'watch-nodes', number: this.#number });
  }

  #apply(all: Gathered, position: number): NodesChange | undefined {
    const listed = this.#listed ?? new Map<string, Listed>();
    const isFirst = this.#listed === undefined;
    this.#listed = listed;
    const there = new Map(all.joined.map((node) => [idOf(node), node]));
    const why = new Map(all.left.map((node) => [idOf(node), node.why]));
    const isGone = (id: string): boolean => (all.whole ? !there.has(id) : why.has(id));
    const gone = [...listed.keys()].filter(isGone);
    const again = new Set<string>(all.joined.map(({ node }) => node));
    const ends = gone.map((id) => ({
      id,
      why: why.get(id) ?? (again.has(id.slice(0, id.indexOf('/'))) ? 'superseded' : 'lease-over'),
    }));
    for (const id of gone) listed.delete(id);
    const come = [...there].filter(([id]) => !listed.has(id));
    for (const [id, node] of come) {
      this.#lastNo += 1;
      listed.set(id, { no: this.#lastNo, labels: labelsOf(node) });
    }
    if (isFirst) this.#position = position;
    if (isFirst || come.length + gone.length === 0) return undefined;
    // An earlier start of the name server whose clock was ahead may have counted further.
    this.#position = Math.max(this.#position + 1, position);
    this.#version += 1;
    const joined = come.map(([id]) => id);
    const isOrderly = ends.every((end) => end.why === 'stopped');
    return {
      position: this.#position,
      kind: joined.length > 0 ? 'join' : isOrderly ? 'leave' : 'failure',
      membership: {
        version: this.#version,
        fence: fenceAt(this.#position),
        joined,
        numbers: joined.map((id) => listed.get(id)?.no ?? 0),
        labels: Object.fromEntries(joined.map((id) => [id, listed.get(id)?.labels ?? {}])),
        left: ends.map((end) => ({ provider: end.id, ...DEPARTURES[end.why] })),
      },
    };
  }
}

interface Gathered {
  readonly whole: boolean;
  readonly joined: NodeOfDomain[];
  readonly left: Told['left'][number][];
}

interface Listed {
  readonly no: number;
  readonly labels: Readonly<Record<string, string>>;
}

/** What the list needs of the daemon around it. */
export interface NodesListPorts {
  readonly now: () => Instant;
  readonly nextNumber: () => number;
  readonly send: (message: ToNameServer) => void;
}

/** Each start of a node's daemon is another one. */
function idOf({ node, incarnation }: { node: string; incarnation: number }): string {
  return `${node}/${incarnation}`;
}

function labelsOf({ address, release }: NodeOfDomain): Listed['labels'] {
  const version = release === undefined ? {} : { version: release };
  const labels = { address, ...version };
  // An address may be longer than labels may: processes would take the whole list for malformed.
  return labelsProblem(labels) === undefined ? labels : version;
}

/** As of a group's list: grows with every change, as a text. */
function fenceAt(position: number): string {
  return String(position).padStart(16, '0');
}

/** The last that was heard of a daemon. */
const DEPARTURES = {
  stopped: { reason: 'goodbye', detail: 'its daemon has stopped in order' },
  'lease-over': { reason: 'node-failure', detail: 'its daemon did not renew its lease' },
  superseded: { reason: 'node-failure', detail: 'a newer daemon of its node has started' },
} as const satisfies Record<NodeEnd, { readonly reason: string; readonly detail: string }>;
