import {
  type Bytes,
  ConnectionLostError,
  type GroupView,
  type MessageEvent,
  type Provider,
  type ProviderEvent,
} from '@group-services/client';
import {
  decodeFrame,
  digestOf,
  encodeAction,
  encodeBegin,
  encodePiece,
  type Frame,
  piecesFor,
} from './frames.js';
import type { Machine } from './machine.js';

/** So many events may come while the state is on its way. */
const BEHIND_MAX = 100_000;
const TOO_MUCH_BEHIND = `more than ${BEHIND_MAX} events came while the state was on its way`;

/**
 * One membership in the group of a replicated state.
 *
 * Newcomers are served by the oldest member, one after the other in the order of the list: so those that
 * have the state are always its first ones, and if the oldest has it not, nobody has, and it begins with
 * what it has. The oldest says `begin` to a newcomer; the state is taken at the place of that message in
 * the order and follows in pieces, and the newcomer keeps what comes behind that place until it has them
 * all. If the oldest dies meanwhile, the next one begins anew.
 */
export class ReplicaMember {
  readonly id: string;
  readonly #provider: Provider<Bytes>;
  readonly #machine: Machine;
  readonly #events: MemberEvents;
  readonly #pending = new Map<number, Pending>();
  readonly #ended = new AbortController();
  /** The list at this place of the order. */
  #view: GroupView;
  /** Who has the state, as far as this member has it itself. */
  #ready = new Set<string>();
  #transfer: Transfer | undefined;
  /** Digest of the own state where that for a newcomer was taken. */
  #digest: string | undefined;
  /** The newcomer that this member is serving. */
  #serving: string | undefined;
  #number = 0;

  constructor(provider: Provider<Bytes>, machine: Machine, events: MemberEvents) {
    this.id = provider.id;
    this.#provider = provider;
    this.#machine = machine;
    this.#events = events;
    this.#view = provider.view;
  }

  /** Aborts when the membership has ended. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  get isReady(): boolean {
    return this.#ready.has(this.id);
  }

  get isOldest(): boolean {
    return this.#provider.isOldest;
  }

  /**
   * Runs an action; settles when it has its place and was applied here. The signal withdraws it as long as
   * it has no place.
   */
  async dispatch(action: Uint8Array, signal?: AbortSignal): Promise<unknown> {
    this.#number += 1;
    const number = this.#number;
    const applied = new Promise((resolve, reject) =>
      this.#pending.set(number, { resolve, reject }),
    );
    // It is awaited only if the message was sent.
    applied.catch(() => {});
    try {
      // Safe: what was answered is known to every daemon, and none of them takes it along when it dies.
      await this.#provider.send(encodeAction(number, action), { delivery: 'safe', signal });
    } catch (error) {
      this.#pending.delete(number);
      throw error;
    }
    return await applied;
  }

  /** Follows the order until the membership has ended; gives the reason. */
  async follow(): Promise<string> {
    let reason = 'quit';
    for await (const event of this.#provider) {
      if (event.type === 'removed') reason = event.reason;
      else this.#take(event);
    }
    const error = new ConnectionLostError(
      `the membership ended (${reason}); whether it takes effect is unknown`,
    );
    this.#ended.abort(error);
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    return reason;
  }

  #take(event: ProviderEvent): void {
    if (event.type === 'snapshot' || event.type === 'membership') this.#view = event.view;
    if (this.isReady) this.#apply(event);
    else this.#await(event);
  }

  #apply(event: ProviderEvent): void {
    if (event.type === 'membership') this.#changed(event.view);
    if (event.type !== 'message') return;
    const frame = decodeFrame(event.message);
    if (frame?.kind === 'action') this.#act(event, frame);
    else if (frame !== undefined && event.from === this.#view.providers[0]) this.#passOn(frame);
  }

  #changed(view: GroupView): void {
    const { providers } = view;
    this.#ready = new Set(providers.filter((each) => this.#ready.has(each)));
    this.#machine.members(view);
    // The one who served may be gone, or the one who was served.
    this.#digest = undefined;
    if (this.#serving !== undefined && !providers.includes(this.#serving))
      this.#serving = undefined;
    this.#serveNext();
  }

  #act(event: MessageEvent, frame: Frame & { readonly kind: 'action' }): void {
    const isOwn = event.from === this.id;
    const pending = isOwn ? this.#pending.get(frame.number) : undefined;
    if (isOwn) this.#pending.delete(frame.number);
    try {
      const answer = this.#machine.apply(frame.body, { from: event.from, isOwn });
      pending?.resolve(answer);
    } catch (error) {
      pending?.reject(error);
    }
  }

  /** A state on its way to a newcomer, past members that have it. */
  #passOn(frame: Exclude<Frame, { readonly kind: 'action' }>): void {
    if (frame.kind === 'begin') {
      const state = this.#machine.save();
      this.#digest = digestOf(state);
      if (this.#serving === frame.to) void this.#send(frame.to, state);
      return;
    }
    if (frame.index < frame.count - 1) return;
    if (this.#view.providers.includes(frame.to)) this.#ready.add(frame.to);
    if (this.#serving === frame.to) this.#serving = undefined;
    if (this.#digest !== undefined && this.#digest !== frame.digest) this.#diverged();
    this.#digest = undefined;
    this.#serveNext();
  }

  #serveNext(): void {
    const { providers } = this.#view;
    if (providers[0] !== this.id || this.#serving !== undefined) return;
    const newcomer = providers.find((each) => !this.#ready.has(each));
    if (newcomer === undefined) return;
    this.#serving = newcomer;
    this.#provider.send(encodeBegin(newcomer), { delivery: 'safe' }).catch(() => {});
  }

  async #send(to: string, state: Uint8Array): Promise<void> {
    for (const piece of piecesFor(to, state)) {
      // Whoever is no member any more needs no more pieces.
      if (this.#serving !== to) return;
      try {
        await this.#provider.send(encodePiece(piece), { delivery: 'safe' });
      } catch {
        return;
      }
    }
  }

  /** The same actions have led to another state than the oldest member's: take that one. */
  #diverged(): void {
    const text = 'this member has come to another state than the oldest one, and takes that one';
    this.#retry(`${text}: what changes the state must depend on nothing else`);
  }

  #await(event: ProviderEvent): void {
    if (event.type === 'snapshot' || event.type === 'membership') {
      const { providers } = event.view;
      if (providers[0] === this.id) return this.#beginAlone();
      if (this.#transfer && !providers.includes(this.#transfer.from)) this.#transfer = undefined;
    }
    const frame = event.type === 'message' ? decodeFrame(event.message) : undefined;
    if (event.type === 'message' && frame?.kind !== 'action' && frame?.to === this.id) {
      if (event.from === this.#view.providers[0]) this.#receive(event.from, frame);
      return;
    }
    const behind = this.#transfer?.behind;
    behind?.push(event);
    if (behind !== undefined && behind.length > BEHIND_MAX) this.#retry(TOO_MUCH_BEHIND);
  }

  /** Gives this membership up, and with it what came so far; the next one begins anew. */
  #retry(why: string): void {
    this.#transfer = undefined;
    this.#events.error(new Error(why));
    this.#provider.goodbye().catch(() => {});
  }

  /** Nobody has the state: it is what this one has, which is the first one unless it had another before. */
  #beginAlone(): void {
    this.#transfer = undefined;
    this.#ready = new Set([this.id]);
    this.#machine.members(this.#view);
    this.#events.ready();
    this.#serveNext();
  }

  #receive(from: string, frame: Exclude<Frame, { readonly kind: 'action' }>): void {
    if (frame.kind === 'begin') {
      this.#transfer = { from, pieces: [], behind: [] };
      return;
    }
    const transfer = this.#transfer;
    // Pieces that began before this membership, or under an oldest member that is gone.
    if (transfer === undefined || frame.index !== transfer.pieces.length) return;
    transfer.pieces.push(frame.body);
    if (transfer.pieces.length === frame.count) this.#complete(transfer, frame.digest);
  }

  #complete({ pieces, behind }: Transfer, digest: string): void {
    this.#transfer = undefined;
    const state = Buffer.concat(pieces);
    if (digestOf(state) !== digest) {
      this.#retry('the state came damaged, and is asked for again');
      return;
    }
    this.#machine.load(state);
    // Those before it in the list were served before it.
    const { providers } = this.#view;
    this.#ready = new Set(providers.slice(0, providers.indexOf(this.id) + 1));
    const now = this.#view;
    for (const event of behind) {
      if (event.type === 'membership') this.#machine.members(event.view);
      else if (event.type === 'message') this.#applyBehind(event);
    }
    this.#view = now;
    this.#events.ready();
    this.#serveNext();
  }

  #applyBehind(event: MessageEvent): void {
    const frame = decodeFrame(event.message);
    if (frame?.kind === 'action') this.#act(event, frame);
  }
}

/** What a member tells the handle it works for. */
export interface MemberEvents {
  /** Its state is that of the group from now on. */
  readonly ready: () => void;
  readonly error: (error: Error) => void;
}

interface Pending {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** What a newcomer has got so far of the state, and what came behind the place where it was taken. */
interface Transfer {
  readonly from: string;
  readonly pieces: Uint8Array[];
  readonly behind: ProviderEvent[];
}
