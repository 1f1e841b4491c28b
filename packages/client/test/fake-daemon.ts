import type { CloseReason, Link } from '@group-services/transport';
import { MemoryNetwork } from '@group-services/transport/memory';
import {
  type ClientSnapshot,
  type ClientView,
  DEFAULT_ATTRIBUTES,
  decodeFromClient,
  decodeHello,
  encodeHandshake,
  encodeToClient,
  type FromClient,
  type HandshakeAnswer,
  type Hello,
  isKeepAlive,
  KEEP_ALIVE,
  sendsIn,
  type ToClient,
  type ViewChange,
} from '@group-services/wire';
import { connectThrough } from '../src/handles/connect.js';
import type {
  Ballot,
  ConnectOptions,
  GroupDefinition,
  GroupServices,
  GroupTypes,
  Provider,
  VoteHandler,
} from '../src/index.js';

/** A daemon that says exactly what a test tells it to, over a network within the process. */

export type Received<K extends FromClient['kind']> = Extract<FromClient, { readonly kind: K }>;

export const WELCOME: Extract<HandshakeAnswer, { readonly kind: 'welcome' }> = {
  kind: 'welcome',
  wire: 1,
  node: 'n1' as never,
  incarnation: 1,
  features: [],
  limits: {},
  admin: 'http://127.0.0.1:1',
};

const ADDRESS = 'memory://daemon';

export class FakeDaemon {
  readonly address = ADDRESS;
  readonly hellos: Hello[] = [];
  /** What the clients sent after their HELLO and no test has taken yet. */
  readonly inbox: FromClient[] = [];
  /** Messages that came as one; each of them is in the inbox by itself. */
  readonly bundles: Received<'bundle'>[] = [];
  /** How links ended. */
  readonly ends: CloseReason[] = [];
  /** Signs of life that clients sent. */
  signsOfLife = 0;
  /** It stands still: it reads, and says nothing of its own accord. */
  silent = false;
  /** What HELLO is answered by; undefined: nothing. */
  answer: HandshakeAnswer | Uint8Array | undefined = WELCOME;
  readonly #network = new MemoryNetwork();
  readonly #waiting: ((message: FromClient) => void)[] = [];
  #link: Link | undefined;
  #helloTaken: (() => void)[] = [];

  static async start(): Promise<FakeDaemon> {
    const daemon = new FakeDaemon();
    const transport = daemon.#network.transport('daemon');
    await transport.listen(ADDRESS, (link) => ({
      onFrame: (_link, frame) => daemon.#onFrame(link, frame),
      onClose: (_link, reason) => void daemon.ends.push(reason),
    }));
    return daemon;
  }

  connect(options: ConnectOptions = {}): Promise<GroupServices> {
    return connectThrough([this.#network.transport()], { endpoint: ADDRESS, ...options });
  }

  /** Settled when a HELLO has come. */
  async hello(): Promise<void> {
    if (this.hellos.length > 0) return;
    await new Promise<void>((resolve) => this.#helloTaken.push(resolve));
  }

  /** The next message, which has to be of that kind. */
  async next<K extends FromClient['kind']>(kind: K): Promise<Received<K>> {
    const message =
      this.inbox.shift() ??
      (await new Promise<FromClient>((resolve) => this.#waiting.push(resolve)));
    if (message.kind !== kind) throw new Error(`expected ${kind}, got ${message.kind}`);
    return message as Received<K>;
  }

  send(...messages: readonly ToClient[]): void {
    for (const message of messages) this.#link?.send(encodeToClient(message));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#link?.send({ head: bytes });
  }

  /** Answers a request that ends something. */
  done(message: { readonly request: number }): void {
    this.send({ kind: 'done', request: message.request });
  }

  /** The link breaks, as when the daemon's process is gone. */
  die(): void {
    this.#link?.abort();
  }

  /** The daemon ends the connection, after what it has said. */
  hangUp(): void {
    this.#link?.close();
  }

  /** Settled when the client has handled everything sent so far. */
  async handled(services: GroupServices): Promise<void> {
    const answered = services.groups();
    const { request } = await this.next('groups');
    this.send({ kind: 'groups', request, groups: [] });
    await answered;
  }

  #onFrame(link: Link, frame: Uint8Array): void {
    if (isKeepAlive(frame)) {
      this.signsOfLife += 1;
      if (!this.silent) link.send(KEEP_ALIVE);
      return;
    }
    const hello = decodeHello(frame);
    if (hello.ok) {
      this.#link = link;
      this.hellos.push(hello.value);
      for (const taken of this.#helloTaken.splice(0)) taken();
      if (this.answer instanceof Uint8Array) link.send({ head: this.answer });
      else if (this.answer !== undefined) link.send(encodeHandshake(this.answer));
      return;
    }
    const message = decodeFromClient(frame);
    if (!message.ok) throw new Error(message.error);
    if (message.value.kind === 'bundle') {
      this.bundles.push(message.value);
      for (const each of sendsIn(message.value)) this.#take(each);
    } else this.#take(message.value);
  }

  #take(message: FromClient): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.inbox.push(message);
    else waiting(message);
  }
}

/** A view of the group in generation 7; the number of `n1/x` is 1, of the next 2 and so on. */
export function view(version: number, position: number, ...providers: string[]): ClientView {
  const fence = `${digits(7)}-${digits(position)}`;
  return { version, fence, providers, numbers: providers.map(numberOf) };
}

/** What makes the next list of that generation. */
export function change(
  version: number,
  position: number,
  { joined = [], left = [] }: { joined?: string[]; left?: ViewChange['left'] },
): ViewChange {
  const { fence } = view(version, position);
  return { version, fence, joined, numbers: joined.map(numberOf), left };
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Instances of tests are letters. */
export function numberOf(provider: string): number {
  return LETTERS.indexOf(provider.slice(-1)) + 1;
}

function digits(value: number): string {
  return String(value).padStart(16, '0');
}

export function snapshot(more: Partial<ClientSnapshot> = {}): ClientSnapshot {
  return {
    view: view(1, 5, 'n1/a'),
    stateValue: null,
    position: 5,
    protocol: { id: '7.5', kind: 'join', proposer: 'n1/a' },
    ...more,
  };
}

/** What a join is given, and the snapshot that it is answered with. */
export interface MoreOfJoin {
  readonly vote?: ((ballot: Ballot<GroupTypes>) => unknown) | undefined;
  readonly onError?: (error: Error) => void;
  readonly snapshot?: ClientSnapshot;
}

/** Joins with the daemon's approval: the provider and the number of its handle. */
export async function joinedProvider<G extends GroupTypes>(
  daemon: FakeDaemon,
  services: GroupServices,
  group: GroupDefinition<G>,
  more?: MoreOfJoin,
): Promise<{ provider: Provider<G>; handle: number }>;
export async function joinedProvider(
  daemon: FakeDaemon,
  services: GroupServices,
  group?: string,
  more?: MoreOfJoin,
): Promise<{ provider: Provider; handle: number }>;
export async function joinedProvider(
  daemon: FakeDaemon,
  services: GroupServices,
  group: string | GroupDefinition<GroupTypes> = 'g',
  more: MoreOfJoin = {},
): Promise<{ provider: unknown; handle: number }> {
  const { vote, onError } = more;
  const joining = services.join(group as string, { vote: vote as VoteHandler, onError });
  const { request, handle } = await daemon.next('join');
  daemon.send(joinedFrame({ request, handle }, more.snapshot));
  return { provider: await joining, handle };
}

/** A ballot of protocol 7.6, which `n1/a` proposed, with no contents. */
export function ballotFrame(
  handle: number,
  more: Partial<Omit<Extract<ToClient, { readonly kind: 'ballot' }>, 'kind' | 'handle'>> = {},
): ToClient {
  return {
    kind: 'ballot',
    handle,
    protocol: { id: '7.6', kind: 'state', proposer: 'n1/a' },
    phase: 1,
    joining: [],
    leaving: [],
    fence: view(1, 5).fence,
    causes: [],
    defaultVote: 'reject',
    ...more,
  };
}

/** The same for the join of somebody who has no snapshot yet. */
export function joinersBallot(
  handle: number,
  phase = 1,
  stateValue: Uint8Array | null = null,
): ToClient {
  const group = { view: view(1, 5, 'n2/b'), stateValue };
  const protocol = { id: '7.6', kind: 'join', proposer: 'n1/a' } as const;
  return ballotFrame(handle, { protocol, phase, joining: ['n1/a'], group });
}

/** A message rider of protocol 7.6. */
export function riderFrame(handle: number, from = 'n2/b', text = 'why'): ToClient {
  return { kind: 'rider', handle, protocol: '7.6', from, payload: bytes(text) };
}

type Rejected = Extract<ToClient, { readonly kind: 'rejected' }>;

/** Protocol 7.6 was voted down by `n2/b`, in its second phase. */
export function rejectedFrame(handle: number, more: Partial<Rejected> = {}): Rejected {
  return {
    kind: 'rejected',
    handle,
    position: 8,
    protocol: { id: '7.6', kind: 'state', proposer: 'n1/a' },
    phases: 2,
    causes: [{ code: 'voted', value: 'reject', provider: 'n2/b' }],
    joining: [],
    leaving: [],
    ...more,
  };
}

export function joinedFrame(
  { request, handle }: { readonly request: number; readonly handle: number },
  given: ClientSnapshot = snapshot(),
): ToClient {
  return {
    kind: 'joined',
    request,
    handle,
    provider: 'n1/a',
    attributes: DEFAULT_ATTRIBUTES,
    snapshot: given,
  };
}

/** Takes what an iterator gives next, that many times. */
export async function take<E>(events: AsyncIterator<E>, count: number): Promise<E[]> {
  const taken: E[] = [];
  while (taken.length < count) {
    const { done, value } = await events.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

/** Everything until the end. */
export async function all<E>(events: AsyncIterable<E>): Promise<E[]> {
  const taken: E[] = [];
  for await (const event of events) taken.push(event);
  return taken;
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function textOf(value: Uint8Array): string {
  return new TextDecoder().decode(value);
}
