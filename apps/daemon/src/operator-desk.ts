import type { GroupName } from '@group-services/core';
import type { DaemonInput } from '@group-services/daemon-engine';
import type { FromClient, ToClient } from '@group-services/wire';

/** How long somebody who looks at a page waits for what may take as long as a vote. */
const PATIENCE_MS = 8_000;
/** How long looking for a group may take. */
const LOOK_LIMIT_MS = 5_000;
/** Wishes at a time, those included that nobody waits for any more. */
const OPEN_MAX = 64;

/** The only handle of a wish: a subscription, so that this daemon is in the group. */
const HANDLE = 1;

type Asked = Extract<FromClient, { readonly request: number }>;
type Unnumbered<Message> = Message extends Asked ? Omit<Message, 'request'> : never;

/** What an operator wants, as `gsctl` says it over a connection. */
export type Wish = Unnumbered<
  Extract<FromClient, { readonly kind: 'operate' | 'reset' | 'forget' | 'drain' }>
>;
type Proposing = Omit<Extract<Wish, { readonly kind: 'operate' }>, 'handle'>;

/** What became of a wish. */
export type WishAnswer =
  | { readonly kind: 'answered'; readonly answer: ToClient }
  /** It goes on, and takes longer than anybody waits for an answer over HTTP. */
  | { readonly kind: 'open' }
  | { readonly kind: 'busy' }
  /** The daemon is stopping. */
  | { readonly kind: 'ended' };

/**
 * Where operators at the admin endpoint are heard: what they want is said to the engine as `gsctl` says it over
 * a connection, by somebody who has no connection and whose rights the endpoint has looked at. So there is one
 * way for both, with the same checks and the same answers.
 */
export class OperatorDesk {
  readonly #enqueue: (input: DaemonInput) => void;
  readonly #waiting = new Map<number, (answer: ToClient | undefined) => void>();
  /** Counts down: connections count up. */
  #last = 0;

  constructor(enqueue: (input: DaemonInput) => void) {
    this.#enqueue = enqueue;
  }

  /** Proposes to a group; looks at it first, as whoever is in no list has to. */
  async propose(name: string, group: GroupName, proposing: Proposing): Promise<WishAnswer> {
    return await this.#served(name, async (ask) => {
      const seen = { membership: false, state: false, persistent: false, timeout: LOOK_LIMIT_MS };
      const look = await ask({ kind: 'subscribe', request: 1, handle: HANDLE, group, ...seen });
      if (look?.kind !== 'subscribed') return look;
      return await ask({ ...proposing, request: 2, handle: HANDLE });
    });
  }

  async ask(name: string, wish: Exclude<Wish, { readonly kind: 'operate' }>): Promise<WishAnswer> {
    return await this.#served(name, (ask) => ask({ ...wish, request: 1 }));
  }

  /** Whether what the engine says to this client is said to somebody here; everything but answers is dropped. */
  received(client: number, message: ToClient): boolean {
    if (client >= 0) return false;
    if ('request' in message && message.request !== undefined) this.#waiting.get(client)?.(message);
    return true;
  }

  /** The engine has ended it. */
  ended(client: number): boolean {
    if (client >= 0) return false;
    this.#waiting.get(client)?.(undefined);
    return true;
  }

  /** The engine answers no more. */
  close(): void {
    for (const answer of [...this.#waiting.values()]) answer(undefined);
    this.#waiting.clear();
  }

  async #served(
    name: string,
    talk: (
      ask: (message: FromClient) => Promise<ToClient | undefined>,
    ) => Promise<ToClient | undefined>,
  ): Promise<WishAnswer> {
    if (this.#waiting.size >= OPEN_MAX) return { kind: 'busy' };
    this.#last -= 1;
    const client = this.#last;
    this.#waiting.set(client, () => {});
    this.#enqueue({ kind: 'clientOpened', client, name, isOperator: true });
    const ask = (message: FromClient): Promise<ToClient | undefined> =>
      new Promise((resolve) => {
        this.#waiting.set(client, resolve);
        this.#enqueue({ kind: 'fromClient', client, message });
      });
    const answered = talk(ask).then((answer): WishAnswer => {
      this.#waiting.delete(client);
      this.#enqueue({ kind: 'clientClosed', client });
      return answer === undefined ? { kind: 'ended' } : { kind: 'answered', answer };
    });
    return await withPatience(answered);
  }
}

async function withPatience(answered: Promise<WishAnswer>): Promise<WishAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const open = new Promise<WishAnswer>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'open' }), PATIENCE_MS);
  });
  try {
    return await Promise.race([answered, open]);
  } finally {
    clearTimeout(timer);
  }
}
