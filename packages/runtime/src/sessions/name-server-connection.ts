import { type Link, type Transport, transportFor } from '@group-services/transport';
import {
  decodeFromNameServer,
  encodeNameServerMessage,
  type FromNameServer,
  type Hello,
  type RefuseCode,
  type ToNameServer,
  type Welcome,
} from '@group-services/wire';
import { dialSession, SessionRefused } from './dial-session.js';

/** What the connection to the name server reports. */
export interface NameServerEvents {
  readonly up: (welcome: Welcome) => void;
  readonly down: (why: string) => void;
  /** An attempt failed, and more will follow. */
  readonly failed: (address: string, why: string) => void;
  readonly message: (message: FromNameServer) => void;
  /** A definite refusal: trying again changes nothing. */
  readonly refused: (error: SessionRefused) => void;
}

export interface NameServerConnectionOptions {
  readonly transports: readonly Transport[];
  /** Tried in turn. */
  readonly addresses: readonly string[];
  readonly hello: Hello;
  readonly events: NameServerEvents;
}

/** Refusals that another attempt may not meet. */
const TRANSIENT: ReadonlySet<RefuseCode> = new Set(['stopping', 'overloaded']);

const LOST = 'the connection was lost';

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 5_000;

/**
 * Keeps one connection to a name server: tries its addresses in turn, with a growing, jittered wait
 * between rounds, for as long as it is not closed. Silence for a whole lease (renewals are answered
 * three times as often) counts as a lost connection.
 */
export class NameServerConnection {
  readonly #options: NameServerConnectionOptions;
  readonly #abort = new AbortController();
  #link: Link | undefined;
  #silence: NodeJS.Timeout | undefined;
  #wait: NodeJS.Timeout | undefined;
  #attempts = 0;
  #wasWelcome = false;
  /** What is to be said of the end of this connection. */
  #why = LOST;
  /** A restarted name server waits one lease for its daemons: they try more often than that. */
  #longestWaitMs = LONGEST_WAIT_MS;

  constructor(options: NameServerConnectionOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#try();
  }

  send(message: ToNameServer): void {
    this.#link?.send(encodeNameServerMessage(message));
  }

  close(): void {
    this.#abort.abort();
    clearTimeout(this.#wait);
    clearTimeout(this.#silence);
    this.#link?.close();
    this.#link = undefined;
  }

  async #try(): Promise<void> {
    const { addresses, transports, hello, events } = this.#options;
    const address = addresses[this.#attempts % addresses.length] ?? '';
    this.#attempts += 1;
    let up = false;
    try {
      await dialSession({
        transport: transportFor(address, transports),
        address,
        hello,
        meant: { role: 'name-server', domain: hello.domain },
        signal: this.#abort.signal,
        opened: (link, welcome) => {
          up = true;
          return this.#opened(link, welcome);
        },
      });
    } catch (error) {
      if (up || this.#abort.signal.aborted) return;
      if (error instanceof SessionRefused && !this.#isTransient(error.code)) {
        events.refused(error);
        return;
      }
      events.failed(address, error instanceof Error ? error.message : String(error));
      this.#later();
    }
  }

  /** Certificates come and go: who was welcome once waits for the operator to renew them. */
  #isTransient(code: RefuseCode): boolean {
    return TRANSIENT.has(code) || (code === 'NOT_AUTHORIZED' && this.#wasWelcome);
  }

  #opened(
    link: Link,
    welcome: Welcome,
  ): { onFrame: (frame: Uint8Array) => void; onClose: () => void } {
    this.#link = link;
    this.#wasWelcome = true;
    this.#why = LOST;
    const lease = welcome.lease ?? 3_000;
    this.#longestWaitMs = Math.min(LONGEST_WAIT_MS, lease / 3);
    this.#watch(link, lease);
    this.#options.events.up(welcome);
    return {
      onFrame: (frame) => {
        this.#watch(link, lease);
        const message = decodeFromNameServer(frame);
        if (!message.ok) link.abort();
        else this.#received(message.value);
      },
      onClose: () => this.#lost(link),
    };
  }

  /**
   * Only what the name server says to a daemon that it serves shows that this connection is a good one: who
   * is turned away each time waits longer each time.
   */
  #received(message: FromNameServer): void {
    if (message.kind === 'closing') {
      this.#why = `the name server has ended the connection: ${message.text}`;
      return;
    }
    this.#attempts = 0;
    this.#options.events.message(message);
  }

  /** The silence timer runs while connected and starts anew with every frame. */
  #watch(link: Link, lease: number): void {
    if (this.#silence === undefined) this.#silence = setTimeout(() => link.abort(), lease);
    else this.#silence.refresh();
  }

  #lost(link: Link): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
    if (this.#link !== link) return;
    this.#link = undefined;
    this.#options.events.down(this.#why);
    this.#later();
  }

  /** The wait doubles per round over all addresses and is drawn between half and the whole of it. */
  #later(): void {
    if (this.#abort.signal.aborted) return;
    const rounds = Math.floor(this.#attempts / this.#options.addresses.length);
    const longest = Math.min(this.#longestWaitMs, FIRST_WAIT_MS * 2 ** Math.min(rounds, 10));
    const wait = longest * (0.5 + Math.random() / 2);
    this.#wait = setTimeout(() => void this.#try(), wait);
  }
}
