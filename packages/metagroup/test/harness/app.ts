import type { MembershipId } from '@group-services/core';
import type { MetagroupInput, MetagroupOutput } from '../../src/index.js';

export function toBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function toText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** What the upper layer of the tests replicates. */
interface State {
  /** How many texts were delivered, and a number that depends on all of them and their order. */
  readonly count: number;
  readonly hash: number;
  /** The highest request of each origin that was applied. */
  readonly done: [MembershipId, number][];
}

/**
 * The upper layer of the tests: a list of texts. A request asks the leader to append a text; the
 * leader multicasts `?origin n text`, once, whoever leads meanwhile. A text that starts with `!` is safe;
 * one that starts with `-` is answered by the leader alone, and waits for that answer.
 */
export class App {
  /** The texts delivered here; those before our snapshot are only in the two numbers. */
  readonly texts: string[] = [];
  count = 0;
  hash = 0;
  #done = new Map<MembershipId, number>();
  /** What is placed, delivered or not; only while we lead. */
  #placed: Map<MembershipId, number> | undefined;
  #waiting: Uint8Array[] = [];
  #flowOpen = true;
  #open = new Map<number, string>();
  #next = 1;
  replies: string[] = [];

  /** Takes an output in; gives what is to be said to the engine in return, at once. */
  take(output: MetagroupOutput, self: MembershipId): MetagroupInput[] {
    switch (output.kind) {
      case 'attached':
        this.#restore(output.snapshot);
        return [];
      case 'ordered':
        return this.#apply(toText(output.body), self);
      case 'leading':
        this.#lead(output.pending.map(({ body }) => toText(body)));
        return [];
      case 'following':
        this.#placed = undefined;
        this.#waiting = [];
        return [];
      case 'request':
        return this.#select(output.origin, output.n, toText(output.body));
      case 'replied':
        this.replies.push(`${output.n}=${toText(output.body)}`);
        return this.#replied(output.n);
      case 'flow':
        this.#flowOpen = output.open;
        return [];
      case 'snapshotWanted':
        return [{ kind: 'snapshot', position: output.position, bytes: this.#snapshot() }];
      default:
        return [];
    }
  }

  request(text: string): MetagroupInput {
    const n = this.#next;
    this.#next += 1;
    this.#open.set(n, text);
    return { kind: 'request', n, body: toBytes(text) };
  }

  get openRequests(): number {
    return this.#open.size;
  }

  #restore(snapshot: Uint8Array | null): void {
    if (snapshot === null) return;
    const state = JSON.parse(toText(snapshot)) as State;
    this.count = state.count;
    this.hash = state.hash;
    this.#done = new Map(state.done);
  }

  #snapshot(): Uint8Array {
    const state: State = { count: this.count, hash: this.hash, done: [...this.#done] };
    return toBytes(JSON.stringify(state));
  }

  #apply(text: string, self: MembershipId): MetagroupInput[] {
    this.texts.push(text);
    this.count += 1;
    for (const letter of text) {
      this.hash = (Math.imul(this.hash, 31) + (letter.codePointAt(0) ?? 0)) | 0;
    }
    const request = parseRequest(text);
    if (request === undefined) return [];
    const { origin, n } = request;
    this.#done.set(origin, Math.max(n, this.#done.get(origin) ?? 0));
    if (origin !== self || !this.#open.delete(n)) return [];
    return [{ kind: 'requestDone', n }];
  }

  #replied(n: number): MetagroupInput[] {
    if (this.#open.get(n)?.startsWith('-') !== true) return [];
    this.#open.delete(n);
    return [{ kind: 'requestDone', n }];
  }

  #lead(pending: readonly string[]): void {
    this.#placed = new Map(this.#done);
    this.#flowOpen = true;
    for (const text of pending) {
      const request = parseRequest(text);
      if (request !== undefined) this.#placed.set(request.origin, request.n);
    }
  }

  #select(origin: MembershipId, n: number, text: string): MetagroupInput[] {
    const placed = this.#placed;
    const reply = toBytes('seen');
    if (placed === undefined) return [];
    if (text.startsWith('-')) return [{ kind: 'reply', origin, n, body: reply }];
    if (n <= (placed.get(origin) ?? 0)) return [{ kind: 'reply', origin, n, body: reply }];
    placed.set(origin, n);
    this.#waiting.push(toBytes(`?${origin} ${n} ${text}`));
    return [];
  }

  /** What is to be multicast next; to be asked once everything has been taken in. */
  nextMulticast(): MetagroupInput | undefined {
    if (!this.#flowOpen || this.#placed === undefined) return undefined;
    const body = this.#waiting.shift();
    return body === undefined ? undefined : { kind: 'multicast', body, safe: isSafe(body) };
  }
}

function isSafe(body: Uint8Array): boolean {
  return toText(body).includes('!');
}

export function parseRequest(text: string): { origin: MembershipId; n: number } | undefined {
  const match = /^\?(\S+) (\d+) /.exec(text);
  if (match === null) return undefined;
  return { origin: match[1] as MembershipId, n: Number(match[2]) };
}
