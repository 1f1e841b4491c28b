import {
  type Bytes,
  ConnectionLostError,
  defineGroup,
  type Provider,
  type ProviderEvent,
  UnavailableError,
  UnknownProviderError,
} from '@group-services/client';
import { json, readJson } from '../base/json.js';
import { Standing } from '../base/standing.js';
import { Patience, unlessAborted } from '../base/waiting.js';
import {
  checkFunction,
  groupName,
  type RecipeOptions,
  type WaitOptions,
  type Where,
} from '../base/where.js';

/** What one member said: a value, or why there is none. */
export interface Answer<R> {
  readonly from: string;
  readonly value?: R | undefined;
  /** It threw, answers nobody, or has gone. */
  readonly error?: string | undefined;
}

export interface AskAllOptions extends WaitOptions {
  /** Resolves with so many values; UnavailableError when they cannot be had any more. Default: everybody's. */
  readonly quorum?: number | undefined;
}

export interface Scatter<Q, R> extends AsyncDisposable {
  /** Own id, for `ask` of others. */
  readonly id: string;
  /** Who is a member, oldest first. */
  readonly members: readonly string[];
  /** Asks one; rejects with UnknownProviderError if it is no member or goes, and with what it threw. */
  ask(to: string, request: Q, options?: WaitOptions): Promise<R>;
  /** Asks everybody who is a member at the place of the question in the order, but this process. */
  askAll(request: Q, options?: AskAllOptions): Promise<readonly Answer<R>[]>;
  /** Answers from now on; the last handler counts. */
  answer(handler: (request: Q, from: string) => R | Promise<R>): void;
}

/** Questions and answers among members. Everything goes through the order of the group and so to everybody. */
export async function scatter<Q = unknown, R = unknown>(
  where: Where,
  name: string,
  options: RecipeOptions = {},
): Promise<Scatter<Q, R>> {
  const handle = new Asking<Q, R>(where, name, options);
  await handle.ready();
  return handle;
}

type Frame =
  | { readonly kind: 'ask'; readonly number: number; readonly to?: string; readonly body: unknown }
  | {
      readonly kind: 'answer';
      readonly number: number;
      readonly to: string;
      readonly value?: unknown;
      readonly error?: string;
    };

/** A question of this process. */
interface Question {
  readonly quorum: number | undefined;
  /** Known when the question has its place in the order. */
  asked: Set<string> | undefined;
  readonly answers: Answer<unknown>[];
  readonly settle: (answers: readonly Answer<unknown>[] | Error) => void;
}

class Asking<Q, R> implements Scatter<Q, R> {
  readonly #title: string;
  readonly #standing: Standing;
  readonly #questions = new Map<number, Question>();
  #handler: ((request: Q, from: string) => R | Promise<R>) | undefined;
  #provider: Provider<Bytes> | undefined;
  #members: readonly string[] = [];
  #numbers = 0;

  constructor(where: Where, name: string, options: RecipeOptions) {
    this.#title = `scatter ${name}`;
    const group = defineGroup({
      name: groupName('scatter', name),
      attributes: { version: 'scatter' },
    });
    const follow = (provider: Provider<Bytes>): Promise<void> => this.#follow(provider);
    this.#standing = new Standing(
      { where, group, title: this.#title, member: {}, follow },
      options,
    );
  }

  async ready(): Promise<void> {
    await this.#standing.provider();
  }

  get id(): string {
    return this.#provider?.id ?? '';
  }

  get members(): readonly string[] {
    return this.#provider?.view.providers ?? [];
  }

  answer(handler: (request: Q, from: string) => R | Promise<R>): void {
    checkFunction('handler', handler);
    this.#handler = handler;
  }

  async ask(to: string, request: Q, options: WaitOptions = {}): Promise<R> {
    const [answer] = await this.#ask({ to, request }, options);
    if (answer === undefined || answer.error === GONE) {
      const message = `${this.#title}: ${to} is no member any more, or never was`;
      throw new UnknownProviderError(message, { providers: [to] });
    }
    if (answer.error !== undefined)
      throw new Error(`${this.#title}: ${to} failed: ${answer.error}`);
    // What a member with the same types has answered.
    return answer.value as R;
  }

  async askAll(request: Q, options: AskAllOptions = {}): Promise<readonly Answer<R>[]> {
    return (await this.#ask({ request }, options)) as readonly Answer<R>[];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#standing[Symbol.asyncDispose]();
  }

  async #ask(
    { to, request }: { readonly to?: string; readonly request: Q },
    options: AskAllOptions,
  ): Promise<readonly Answer<unknown>[]> {
    const patience = new Patience(`${this.#title}: asking`, options, this.#standing.signal);
    this.#numbers += 1;
    const number = this.#numbers;
    try {
      const provider = await this.#standing.provider({ signal: patience.signal });
      const answered = new Promise<readonly Answer<unknown>[]>((resolve, reject) => {
        const settle: Question['settle'] = (end) =>
          end instanceof Error ? reject(end) : resolve(end);
        const { quorum } = options;
        this.#questions.set(number, { quorum, asked: undefined, answers: [], settle });
      });
      answered.catch(() => {});
      await provider.send(encode({ kind: 'ask', number, body: request, ...(to && { to }) }));
      return await unlessAborted(answered, patience.signal);
    } catch (error) {
      throw patience.signal.aborted ? patience.signal.reason : error;
    } finally {
      this.#questions.delete(number);
      patience.done();
    }
  }

  async #follow(provider: Provider<Bytes>): Promise<void> {
    this.#provider = provider;
    for await (const event of provider) this.#take(provider, event);
    const message = `${this.#title}: the membership ended while waiting for answers`;
    for (const { settle } of this.#questions.values()) settle(new ConnectionLostError(message));
  }

  #take(provider: Provider<Bytes>, event: ProviderEvent): void {
    if (event.type === 'snapshot' || event.type === 'membership') {
      this.#members = event.view.providers;
    }
    if (event.type === 'membership') {
      for (const { provider: id } of event.left) this.#answered(id, { from: id, error: GONE });
    }
    if (event.type !== 'message') return;
    const { from } = event;
    const frame = frameOf(event.message);
    if (frame === undefined) return;
    if (frame.kind === 'answer') {
      if (frame.to !== provider.id) return;
      const { number, value, error } = frame;
      this.#answered(from, error === undefined ? { from, value } : { from, error }, number);
    } else if (from === provider.id) this.#placed(frame, provider.id);
    else if (frame.to === undefined || frame.to === provider.id) {
      void this.#reply(provider, { number: frame.number, from, request: frame.body as Q });
    }
  }

  /** A question of ours has its place: those who are members there are asked. */
  #placed({ number, to }: Frame & { readonly kind: 'ask' }, self: string): void {
    const question = this.#questions.get(number);
    if (question === undefined) return;
    const others = this.#members.filter((id) => id !== self && (to === undefined || id === to));
    question.asked = new Set(others);
    this.#settleIfOver(question);
  }

  /** Of one question, or of all when somebody has gone. */
  #answered(from: string, answer: Answer<unknown>, number?: number): void {
    for (const [each, question] of this.#questions) {
      if (number !== undefined && each !== number) continue;
      if (question.asked?.delete(from) !== true) continue;
      question.answers.push(answer);
      this.#settleIfOver(question);
    }
  }

  #settleIfOver({ quorum, asked, answers, settle }: Question): void {
    const left = asked?.size ?? 0;
    if (quorum === undefined) {
      if (left === 0) settle(answers);
      return;
    }
    const values = answers.filter(({ error }) => error === undefined);
    if (values.length >= quorum) settle(answers);
    else if (values.length + left < quorum) {
      const message = `${this.#title}: ${quorum} answers cannot be had; ${values.length} came`;
      settle(new UnavailableError(message));
    }
  }

  async #reply(
    provider: Provider<Bytes>,
    { number, from: to, request }: { number: number; from: string; request: Q },
  ): Promise<void> {
    const answer = await this.#make(request, to);
    // Who is gone needs no answer, and if we are, the asker is told so.
    await provider.send(encode({ kind: 'answer', number, to, ...answer })).catch(() => {});
  }

  async #make(request: Q, from: string): Promise<{ value: unknown } | { error: string }> {
    const handler = this.#handler;
    if (handler === undefined) return { error: 'it answers nobody: call answer(handler)' };
    try {
      return { value: await handler(request, from) };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  }
}

const GONE = 'it has gone';

/** Undefined: nothing that a member of this recipe sends. */
function frameOf(bytes: Uint8Array): Frame | undefined {
  const frame = readJson(bytes);
  if (typeof frame !== 'object' || frame === null || !('kind' in frame)) return undefined;
  return frame.kind === 'ask' || frame.kind === 'answer' ? (frame as Frame) : undefined;
}

function encode(frame: Frame): Uint8Array {
  return json.encode(frame);
}
