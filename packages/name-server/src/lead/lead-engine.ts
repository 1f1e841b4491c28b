import { assertNever, type Engine, type Instant, invariant, NEVER } from '@group-services/core';
import { Table, type TableRecord } from '../table.js';
import type { LeadInput, LeadOptions, LeadOutput } from './inputs.js';
import { Lease } from './lease.js';
import type { Condition, LeadAnswer, LeadRequest, StoredKey } from './requests.js';
import { KEYS, type Piece, TableKeys } from './table-keys.js';

/**
 * Several name servers on one etcd, of which one is active (ADR 0031).
 *
 * Who wants to be active asks for a lease and makes a key that is bound to it, if there is none: the key is
 * the lead. It then reads the table, all of it and linearizably, and answers daemons from there on. Every
 * change of the table is one transaction of etcd on two conditions: our key is the one that we made, and the
 * table is where we have left it. So whoever was deposed changes nothing, whatever it believes, and a
 * transaction that was sent twice, or comes late, is done once.
 *
 * What is *not* a change has no such guard: an answer from a table that another one has meanwhile changed
 * would be wrong. So nothing is answered (`mayAnswer`) once our lease may be over by our own clock: a process
 * that was paused, or that etcd does not answer, is silent and starts again as a standby.
 *
 * Etcd may have done what it did not answer in time. So the key is recognized by its lease, a transaction is
 * sent again until it is known to be done, and a lease that was given up is revoked, or ends by itself.
 *
 * Timers: while on standby, a look at the key now and again, in case the watch says nothing; while there is a
 * lease, its next sign of life and its end.
 */
export class LeadEngine implements Engine<LeadInput, LeadOutput> {
  readonly #options: LeadOptions;
  #state: LeadState = 'idle';
  #outputs: LeadOutput[] = [];
  #now: Instant = Number.NEGATIVE_INFINITY;
  #lastNumber = 0;
  /** The one question by which things go on, and the sign of life. Answers to others are too late. */
  #question: Question | undefined;
  #sign: Question | undefined;
  /** The question whose answer says that the lease is given back. */
  #farewell: number | undefined;
  #lease: Lease | undefined;
  #signAt: Instant = NEVER;
  /** When what failed, or the look at the key, is due again. */
  #againAt: Instant = NEVER;
  /** After an operator's word others come first. */
  #restUntil: Instant = Number.NEGATIVE_INFINITY;
  /** The revision that made our key. */
  #created = '';
  #keys = new TableKeys(new Table());
  /** Where the table stands in etcd. */
  #position: string | undefined;
  #pieces: Piece[] = [];
  #store = '';

  constructor(options: LeadOptions) {
    invariant(options.leaseMs > 0, 'the lease is longer than nothing');
    this.#options = options;
  }

  get state(): LeadState {
    return this.#state;
  }

  /** Whether the word of this one counts at this moment: to be asked before anything is told to anybody. */
  mayAnswer(now: Instant): boolean {
    return this.#state === 'active' && now < (this.#lease?.validUntil ?? now);
  }

  deadline(): Instant {
    return Math.min(this.#againAt, this.#signAt, this.#lease?.validUntil ?? NEVER);
  }

  step(input: LeadInput, now: Instant): readonly LeadOutput[] {
    invariant(now >= this.#now, 'time does not run backwards');
    this.#now = now;
    if (now >= (this.#lease?.validUntil ?? NEVER)) this.#giveUp('its lease may be over');
    switch (input.kind) {
      case 'start':
        this.#state = 'standby';
        this.#look();
        break;
      case 'answered':
        this.#onAnswered(input.number, input.answer);
        break;
      case 'failed':
        this.#onFailed(input);
        break;
      case 'holder':
        this.#onHolder(input.holder);
        break;
      case 'write':
        this.#onWrite(input.records);
        break;
      case 'stepDown':
        this.#onStepDown();
        break;
      case 'close':
        this.#onClose();
        break;
      case 'deadlineReached':
        this.#onDeadline();
        break;
      default:
        assertNever(input);
    }
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }

  #onDeadline(): void {
    if (this.#signAt <= this.#now) this.#giveSign();
    if (this.#againAt > this.#now) return;
    this.#againAt = NEVER;
    if (this.#state === 'closing') this.#end();
    else if (this.#question !== undefined) this.#ask(this.#question.request);
    else if (this.#state === 'standby') this.#look();
  }

  #onAnswered(number: number, answer: LeadAnswer): void {
    if (number === this.#farewell) {
      this.#farewell = undefined;
      if (this.#state === 'closing') this.#end();
      else if (this.#state === 'standby' && this.#question === undefined) this.#look();
      return;
    }
    if (number === this.#sign?.number) {
      const { askedAt } = this.#sign;
      this.#sign = undefined;
      if (answer.kind === 'keptAlive') this.#onSign(answer.ttlMs, askedAt);
      return;
    }
    if (number !== this.#question?.number) return;
    const { askedAt } = this.#question;
    this.#question = undefined;
    switch (answer.kind) {
      case 'got':
        this.#found(answer.found[0]);
        break;
      case 'granted':
        this.#onGranted(answer, askedAt);
        break;
      case 'transacted':
        if (this.#state === 'campaigning') this.#onCampaigned(answer);
        else this.#onTransacted(answer);
        break;
      case 'contents':
        this.#onContents(answer.keys);
        break;
      default:
    }
  }

  /** The same again, after a while: another member of etcd may answer. */
  #onFailed({ number, why }: { readonly number: number; readonly why: string }): void {
    if (number === this.#farewell) {
      this.#farewell = undefined;
      if (this.#state === 'closing') this.#end();
    } else if (number === this.#sign?.number) {
      this.#sign = undefined;
      this.#signAt = this.#now + AGAIN_MS;
    } else if (number === this.#question?.number) {
      this.#outputs.push({ kind: 'log', level: 'debug', event: 'etcd-failed', fields: { why } });
      this.#againAt = this.#now + AGAIN_MS;
    }
  }

  #look(): void {
    this.#ask({ kind: 'get', keys: [KEYS.active] });
  }

  #found(active: StoredKey | undefined): void {
    this.#outputs.push({ kind: 'holder', holder: active?.value });
    // Others came first, as was wanted.
    if (active !== undefined) this.#restUntil = Number.NEGATIVE_INFINITY;
    const isFree = active === undefined && this.#now >= this.#restUntil;
    if (isFree) this.#ask({ kind: 'grant', ttlMs: this.#options.leaseMs });
    else this.#againAt = this.#now + this.#options.leaseMs / 2;
  }

  /** The watch is quicker than the next look; whether it is right, the campaign shows. */
  #onHolder(holder: string | undefined): void {
    if (this.#state !== 'standby' || this.#question !== undefined) return;
    this.#outputs.push({ kind: 'holder', holder });
    if (holder !== undefined) this.#restUntil = Number.NEGATIVE_INFINITY;
    if (holder === undefined && this.#now >= this.#restUntil) this.#look();
  }

  #onGranted({ lease, ttlMs }: Extract<LeadAnswer, { kind: 'granted' }>, askedAt: Instant): void {
    this.#lease = new Lease(lease, { ttlMs, askedAt });
    this.#signAt = askedAt + this.#lease.signMs;
    this.#state = 'campaigning';
    this.#ask({
      kind: 'transact',
      when: [{ key: KEYS.active, created: ABSENT }],
      changes: [{ key: KEYS.active, value: this.#options.self, lease }],
      otherwise: [KEYS.active],
    });
  }

  #onCampaigned({ done, revision, found }: Transacted): void {
    const [active] = found;
    // Ours already: the first attempt was done, although nobody said so.
    const isOurs = active !== undefined && active.lease === this.#lease?.id;
    if (!done && !isOurs) {
      this.#letGo();
      this.#found(active);
      return;
    }
    this.#created = isOurs ? active.created : revision;
    this.#state = 'reading';
    this.#outputs.push({ kind: 'holder', holder: this.#options.self });
    this.#ask({ kind: 'read', consistency: 'linearizable' });
  }

  #onContents(keys: readonly StoredKey[]): void {
    const { decode, initial } = this.#options;
    const decoded = decode(keys);
    if (decoded.kind === 'damaged') {
      this.#letGo();
      this.#outputs.push({ kind: 'unusable', text: decoded.text });
      return;
    }
    if (decoded.kind === 'table') {
      this.#keys = new TableKeys(Table.restore(decoded.stored.table, []));
      this.#position = keys.find(({ key }) => key === KEYS.position)?.value;
      this.#store = decoded.stored.store;
      this.#activate();
      return;
    }
    this.#keys = new TableKeys(Table.restore(initial.table?.snapshot(), []));
    this.#position = undefined;
    this.#store = initial.store;
    this.#pieces = [...this.#keys.whole(initial.store)];
    this.#writeNext();
  }

  #activate(): void {
    this.#state = 'active';
    const stored = { store: this.#store, table: this.#keys.table.snapshot() };
    this.#outputs.push({ kind: 'activated', stored });
  }

  #onWrite(records: readonly TableRecord[]): void {
    // Deposed meanwhile: whoever wanted it is told so, or has been.
    if (this.#state !== 'active') return;
    invariant(this.#pieces.length === 0, 'one write at a time');
    this.#pieces = [...this.#keys.pieces(records)];
    if (this.#pieces.length === 0) this.#outputs.push({ kind: 'written' });
    else this.#writeNext();
  }

  #writeNext(): void {
    const [piece] = this.#pieces;
    if (piece === undefined) return;
    const { changes, position } = piece;
    const isOurs: Condition = { key: KEYS.active, created: this.#created };
    const isThere: Condition =
      this.#position === undefined
        ? { key: KEYS.position, created: ABSENT }
        : { key: KEYS.position, value: this.#position };
    this.#ask({
      kind: 'transact',
      when: [isOurs, isThere],
      changes: [...changes, { key: KEYS.position, value: position }],
      otherwise: [KEYS.active, KEYS.position],
    });
  }

  #onTransacted({ done, found }: Transacted): void {
    const [active, position] = found;
    const [piece] = this.#pieces;
    if (piece === undefined) return;
    if (!done && active?.created !== this.#created) {
      this.#giveUp('another name server has taken the lead');
      return;
    }
    // An earlier copy of the same transaction was done, although nobody said so.
    if (!done && position?.value !== piece.position) {
      this.#giveUp('somebody else has written to its table');
      return;
    }
    this.#position = piece.position;
    this.#pieces.shift();
    if (this.#pieces.length > 0) this.#writeNext();
    else if (this.#state === 'reading') this.#activate();
    else this.#outputs.push({ kind: 'written' });
  }

  #giveSign(): void {
    this.#signAt = NEVER;
    if (this.#lease === undefined || this.#sign !== undefined) return;
    const { id, signMs } = this.#lease;
    const number = this.#request({ kind: 'keepAlive', lease: id }, signMs);
    this.#sign = { number, askedAt: this.#now, request: { kind: 'keepAlive', lease: id } };
  }

  #onSign(ttlMs: number, askedAt: Instant): void {
    if (this.#lease === undefined) return;
    if (ttlMs <= 0) {
      this.#giveUp('its lease is over');
      return;
    }
    this.#lease.keptAlive({ ttlMs, askedAt });
    this.#signAt = Math.max(this.#now, askedAt + this.#lease.signMs);
  }

  #onStepDown(): void {
    if (this.#state !== 'active') return;
    this.#restUntil = this.#now + REST_LEASES * this.#options.leaseMs;
    this.#giveUp('an operator has asked it to step down');
  }

  #onClose(): void {
    if (this.#lease === undefined) {
      this.#end();
      return;
    }
    this.#letGo();
    this.#state = 'closing';
    this.#againAt = this.#now + FAREWELL_MS;
  }

  #end(): void {
    this.#state = 'closed';
    this.#againAt = NEVER;
    this.#outputs.push({ kind: 'closed' });
  }

  /** Not active any more, or not about to be. */
  #giveUp(why: string): void {
    const wasActive = this.#state === 'active';
    this.#letGo();
    if (wasActive) this.#outputs.push({ kind: 'deposed', why });
    this.#againAt = this.#now + AGAIN_MS;
  }

  /** Back to where it began, without the lease, which is given back as far as that is possible. */
  #letGo(): void {
    const { id } = this.#lease ?? {};
    this.#lease = undefined;
    this.#question = undefined;
    this.#sign = undefined;
    this.#pieces = [];
    this.#signAt = NEVER;
    this.#againAt = NEVER;
    if (this.#state !== 'closing') this.#state = 'standby';
    if (id === undefined) return;
    this.#farewell = this.#request({ kind: 'revoke', lease: id }, FAREWELL_MS);
  }

  #ask(request: LeadRequest): void {
    const { leaseMs } = this.#options;
    // The table may be large; whoever reads it gives signs of life meanwhile.
    const timeoutMs = request.kind === 'read' ? READ_LEASES * leaseMs : leaseMs / 2;
    this.#againAt = NEVER;
    this.#question = { number: this.#request(request, timeoutMs), askedAt: this.#now, request };
  }

  #request(request: LeadRequest, timeoutMs: number): number {
    this.#lastNumber += 1;
    this.#outputs.push({ kind: 'request', number: this.#lastNumber, request, timeoutMs });
    return this.#lastNumber;
  }
}

/**
 * `standby`: another one is active, or nobody. `campaigning`: it asks for the lead. `reading`: it has it, and
 * reads the table. `closing`: it gives its lease back, and ends.
 */
export type LeadState =
  | 'idle'
  | 'standby'
  | 'campaigning'
  | 'reading'
  | 'active'
  | 'closing'
  | 'closed';

type Transacted = Extract<LeadAnswer, { readonly kind: 'transacted' }>;

interface Question {
  readonly number: number;
  readonly askedAt: Instant;
  readonly request: LeadRequest;
}

/** The creation revision of what is not there. */
const ABSENT = '0';
/** Before what failed is asked again. */
const AGAIN_MS = 100;
/** How long whoever ends waits for its lease to be given back. */
const FAREWELL_MS = 1_000;
/** For how long others come first after an operator's word. */
const REST_LEASES = 2;
const READ_LEASES = 10;
