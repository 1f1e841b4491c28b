import { signal } from '@preact/signals';

/** The operator's token, until the tab is closed. */
const KEY = 'group-services-token';
export const token = signal<string | undefined>(sessionStorage.getItem(KEY) ?? undefined);

export function signIn(given: string | undefined): void {
  if (given === undefined) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, given);
  token.value = given;
}

/** The program has answered, and the answer is no. */
export class Refused extends Error {
  readonly status: number;
  /** The token that was not good enough. */
  readonly by: string | undefined;

  constructor(status: number, message: string, by: string | undefined) {
    super(message);
    this.status = status;
    this.by = by;
  }

  /** Another token was given since it was asked: this answer says nothing about that one. */
  get isOutdated(): boolean {
    return this.by !== token.value;
  }
}

/** Whether another token is needed: to ask again with the same one would be guessing. */
export function wantsToken(error: unknown): error is Refused {
  if (!(error instanceof Refused) || error.isOutdated) return false;
  return error.status === 401 || error.status === 403;
}

/** With the operator's token, if there is one. */
export function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token.value !== undefined) headers.set('authorization', `Bearer ${token.value}`);
  return fetch(path, { ...init, headers, cache: 'no-store' });
}

/** @throws Refused; TypeError when nobody answers */
export async function read<Answer>(path: string): Promise<Answer> {
  const by = token.value;
  const response = await ask(path, { signal: AbortSignal.timeout(ANSWER_MS) });
  if (!response.ok) throw await refusedBy(response, by);
  return (await response.json()) as Answer;
}

/** Has something done. It may take as long as the program waits for others. @throws as {@link read} */
export async function act<Answer>(path: string): Promise<Answer> {
  const by = token.value;
  const response = await ask(path, { method: 'POST', signal: AbortSignal.timeout(ACTION_MS) });
  if (!response.ok) throw await refusedBy(response, by);
  return (await response.json()) as Answer;
}

/** Undefined where {@link read} would say that there is no such thing. */
export async function readIfAny<Answer>(path: string): Promise<Answer | undefined> {
  try {
    return await read<Answer>(path);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}

/** `by`: the token with which it was asked. */
export async function refusedBy(response: Response, by: string | undefined): Promise<Refused> {
  const body: unknown = await response.json().catch(() => undefined);
  const said = (body as { error?: unknown } | undefined)?.error;
  const text = typeof said === 'string' ? said : `status ${response.status}`;
  return new Refused(response.status, text, by);
}

const ANSWER_MS = 5_000;
const ACTION_MS = 20_000;
