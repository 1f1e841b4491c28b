import { type Instant, NEVER } from '@group-services/core';
import type { FromNameServer, ToNameServer } from '@group-services/wire';

/**
 * Operators' questions to the name server. Each gets an answer, or the reason why there is none: no
 * connection, a recovery window, or silence. Nothing is ever taken for an empty answer.
 */
export class NameServerQuestions {
  readonly #ports: QuestionPorts;
  readonly #open = new Map<number, Open>();

  constructor(ports: QuestionPorts) {
    this.#ports = ports;
  }

  ask<Kind extends AnswerKind>(
    kind: Kind,
    make: (number: number) => Question,
    waiter: (answered: Answered<Kind>) => void,
  ): void {
    const unanswered = (why: string): void => waiter({ ok: false, why });
    if (!this.#ports.connected()) return unanswered(NO_CONNECTION);
    if (this.#open.size >= QUESTIONS_MAX) return unanswered(TOO_MANY);
    const number = this.#ports.nextNumber();
    const until = this.#ports.now() + ANSWER_TIMEOUT_MS;
    const answered = (answer: Answer): void => {
      if (isOf(answer, kind)) waiter({ ok: true, answer });
      else unanswered(answer.kind === 'recovering' ? recoveringText(answer.leftMs) : NO_ANSWER);
    };
    this.#open.set(number, { until, answered, unanswered });
    this.#ports.send(make(number));
  }

  onAnswer(answer: Answer): void {
    const open = this.#open.get(answer.number);
    this.#open.delete(answer.number);
    open?.answered(answer);
  }

  connectionLost(): void {
    this.#end(() => true, LOST);
  }

  deadline(): Instant {
    let earliest: Instant = NEVER;
    for (const { until } of this.#open.values()) earliest = Math.min(earliest, until);
    return earliest;
  }

  onDeadline(): void {
    const now = this.#ports.now();
    this.#end(({ until }) => until <= now, NO_ANSWER);
  }

  #end(isOver: (open: Open) => boolean, why: string): void {
    for (const [number, open] of this.#open) {
      if (!isOver(open)) continue;
      this.#open.delete(number);
      open.unanswered(why);
    }
  }
}

type Question = Extract<ToNameServer, { readonly kind: 'list' | 'describe' | 'reset' | 'forget' }>;
/** The answers of the name server to operators' questions. */
export type Answer = Extract<
  FromNameServer,
  { readonly kind: 'listed' | 'described' | 'given-up' | 'forgotten' | 'recovering' }
>;
type AnswerKind = Exclude<Answer['kind'], 'recovering'>;

/** What became of a question. */
export type Answered<Kind extends AnswerKind> =
  | { readonly ok: true; readonly answer: Extract<Answer, { readonly kind: Kind }> }
  /** Why there is no answer, for people. */
  | { readonly ok: false; readonly why: string };

/** How long the answer to an operator's question is waited for. */
const ANSWER_TIMEOUT_MS = 5_000;
const QUESTIONS_MAX = 1_000;

export const NO_CONNECTION = 'the daemon has no connection to the name server';
const NO_ANSWER = `the name server did not answer within ${ANSWER_TIMEOUT_MS} ms`;
const LOST = 'the connection to the name server was lost before it answered';
const TOO_MANY = 'too many questions to the name server are open at this daemon; try again';

interface Open {
  readonly until: Instant;
  readonly answered: (answer: Answer) => void;
  readonly unanswered: (why: string) => void;
}

/** Whom questions go to. */
export interface QuestionPorts {
  readonly now: () => Instant;
  readonly connected: () => boolean;
  /** A number for the question, on this connection. */
  readonly nextNumber: () => number;
  readonly send: (question: Question) => void;
}

const ANSWER_KINDS: ReadonlySet<string> = new Set<Answer['kind']>([
  'listed',
  'described',
  'given-up',
  'forgotten',
  'recovering',
]);

export function isAnswer(message: FromNameServer): message is Answer {
  return ANSWER_KINDS.has(message.kind);
}

function isOf<Kind extends AnswerKind>(
  answer: Answer,
  kind: Kind,
): answer is Extract<Answer, { readonly kind: Kind }> {
  return answer.kind === kind;
}

function recoveringText(leftMs: number): string {
  const seconds = Math.max(0.1, leftMs / 1000).toFixed(1);
  return `the name server recovers after a restart and cannot tell yet what there is, for ${seconds} s more; ask again then`;
}
