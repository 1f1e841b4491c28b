import type { GroupName } from '@group-services/core';
import type { VirtualTime } from '@group-services/testkit';
import {
  encodeFromClient,
  FollowedView,
  type FromClient,
  joinFrame,
  type PartialAttributes,
  type ToClient,
} from '@group-services/wire';
import type { Handles } from '../../src/handles.js';
import { readPayload, writePayload } from '../../src/payload.js';
import type { DaemonNode } from '../../src/world/daemon-node.js';
import type { ClientConnection } from '../../src/world/local-clients.js';

let labels = 0;

/** A scripted process: says what it is told to, and remembers what it hears. */
export class Process {
  readonly label: string;
  readonly node: string;
  readonly #handles: Handles;
  readonly #time: VirtualTime;
  readonly #connection: ClientConnection;
  readonly #heard: ToClient[] = [];
  #requests = 0;
  #given = 0;
  closed = false;

  constructor(node: DaemonNode, handles: Handles, time: VirtualTime) {
    labels += 1;
    this.label = `p${labels}-${node.node}`;
    this.node = node.node;
    this.#handles = handles;
    this.#time = time;
    const connection = node.connect({
      label: this.label,
      received: (message) => this.#heard.push(message),
      closed: () => {
        this.closed = true;
      },
    });
    if (connection === undefined) throw new Error(`no daemon runs on ${node.node}`);
    this.#connection = connection;
  }

  /** Its name in the lists, once it has joined. */
  get provider(): string | undefined {
    return this.#heard.find((message) => message.kind === 'joined')?.provider;
  }

  /** The lists it saw, as names of nodes, oldest provider first. */
  get lists(): readonly string[] {
    return this.#views().map(({ providers }) => nodesOf(providers));
  }

  get list(): string {
    return this.lists.at(-1) ?? '';
  }

  get fence(): string {
    return this.#views().at(-1)?.fence ?? '';
  }

  /** Why its membership ended. */
  get removed(): string | undefined {
    return this.#heard.find((message) => message.kind === 'removed')?.reason;
  }

  /** The messages it heard, as `sender's label:number`. */
  get messages(): readonly string[] {
    return this.#heard.flatMap((message) =>
      message.kind === 'message' ? [readPayload(message.payload).id.replace('#1', '')] : [],
    );
  }

  /** The state value that it saw last, as messages are shown. */
  get state(): string | undefined {
    const last = this.#heard.findLast(
      (message) => message.kind === 'approved' && message.state !== undefined,
    );
    const value = last?.kind === 'approved' ? last.state?.value : undefined;
    return value === undefined ? undefined : readPayload(value).id.replace('#1', '');
  }

  /** The answer to a request: its kind, and the code of a refusal. */
  answer(request: number): string | undefined {
    const message = this.#heard.find((one) => 'request' in one && one.request === request);
    return message?.kind === 'refused' ? `refused ${message.code}` : message?.kind;
  }

  join(
    group: string,
    {
      timeout = 0,
      attributes = {},
    }: { readonly timeout?: number; readonly attributes?: PartialAttributes } = {},
  ): number {
    const request = this.#nextRequest();
    const about = { request, handle: 1, group: group as GroupName };
    this.#say({ kind: 'join', ...about, attributes, timeout });
    return request;
  }

  /** Gives the number of the request. */
  send(service: 'agreed' | 'safe', bytes = 0): number {
    const request = this.#nextRequest();
    const safe = service === 'safe';
    this.#say({ kind: 'send', request, handle: 1, safe, payload: this.#payload(safe, bytes) });
    return request;
  }

  setState(condition: { readonly ifState?: null } = {}): number {
    const proposed = { kind: 'state' as const, value: this.#payload(true, 0), ...condition };
    const request = this.#nextRequest();
    this.#say({ kind: 'propose', request, handle: 1, phases: 1, proposed });
    return request;
  }

  leave(): number {
    const request = this.#nextRequest();
    const proposed = { kind: 'leave' as const };
    this.#say({ kind: 'propose', request, handle: 1, phases: 1, proposed });
    return request;
  }

  withdraw(target: number): void {
    this.#say({ kind: 'withdraw', target });
  }

  stopReading(): void {
    this.#connection.setReading('off');
  }

  kill(): void {
    this.#connection.close();
    this.#handles.disconnected(this.label, this.#time.now);
    this.closed = true;
  }

  #views(): readonly { readonly providers: readonly string[]; readonly fence: string }[] {
    let list: FollowedView | undefined;
    return this.#heard.flatMap((message) => {
      if (message.kind === 'joined') list = new FollowedView(message.snapshot.view);
      else if (message.kind !== 'approved' || message.membership === undefined) return [];
      else list?.apply(message.membership);
      return list?.view ?? [];
    });
  }

  #nextRequest(): number {
    this.#requests += 1;
    return this.#requests;
  }

  #payload(safe: boolean, bytes: number): Uint8Array {
    this.#given += 1;
    return writePayload({ sender: `${this.label}#1`, number: this.#given, safe }, bytes);
  }

  #say(message: FromClient): void {
    this.#handles.said(this.label, message, this.#time.now);
    this.#connection.send(joinFrame(encodeFromClient(message)));
  }
}

function nodesOf(providers: readonly string[]): string {
  return providers.map((provider) => provider.slice(0, provider.indexOf('/'))).join(' ');
}
