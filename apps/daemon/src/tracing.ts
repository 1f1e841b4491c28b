import type { DaemonOutput } from '@group-services/daemon-engine';
import {
  type FromClient,
  readTraceParent,
  type ToClient,
  traceParentOf,
} from '@group-services/wire';
import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { program } from './config.js';

/** Requests whose end is waited for. Beyond that the oldest are ended as they are. */
const OPEN_MAX = 10_000;

type Traced = Extract<DaemonOutput, { readonly kind: 'traced' }>;
type StepOf<N extends Traced['traced']['name']> = Extract<Traced['traced'], { readonly name: N }>;

/**
 * The spans of a daemon, for proposals whose processes trace (docs/OPERATIONS.md, Traces).
 *
 * `request` is open from a proposal's arrival to its answer, and the proposal goes on as its child: the
 * daemon that leads makes `protocol` with a `phase` for each vote, every daemon `deliver`, and what
 * processes are told of it follows from `deliver`. The engine says when these began and ended.
 *
 * It is the API of OpenTelemetry alone: without an SDK in this program (`node --import`) nothing is
 * made, and traces of others go through as they came.
 */
export class Tracing {
  readonly #tracer = trace.getTracer('@group-services/gsd', program.version);
  readonly #now: () => number;
  /** From the time of the engine to that of the day, for all spans of one step. */
  #offset = 0;
  /** By what they are called in the proposal. */
  readonly #open = new Map<string, OpenRequest>();
  /** The last one, as long as processes are told of it. */
  #delivered: { readonly theirs: string; readonly ours: string } | undefined;

  /** `now`: of the engine. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A process says something: a traced proposal goes on as part of our span. */
  heard(client: number, message: FromClient): FromClient {
    if (message.kind !== 'propose' || message.trace === undefined) return message;
    const parent = contextOf(message.trace);
    if (parent === undefined) return message;
    const span = this.#tracer.startSpan('request', { kind: SpanKind.SERVER }, parent);
    const ours = span.isRecording() ? traceParentOf(span.spanContext()) : undefined;
    if (ours === undefined) return message;
    this.#keep(ours, { span, client, request: message.request });
    return { ...message, trace: ours };
  }

  /** A process is told something. */
  told(client: number, message: ToClient): ToClient {
    if (message.kind === 'refused') this.#refused(client, message);
    if (message.kind !== 'approved' && message.kind !== 'rejected') return message;
    if (message.trace === undefined || message.trace !== this.#delivered?.theirs) return message;
    return { ...message, trace: this.#delivered.ours };
  }

  /** The engine has done its part. */
  over({ group, traced }: Pick<Traced, 'group' | 'traced'>): void {
    this.#offset = Date.now() - this.#now();
    switch (traced.name) {
      case 'request': {
        const { kind, outcome, endedAt } = traced;
        const said = { group, kind: kind === 'voted-message' ? 'message' : kind, outcome };
        this.#end(traced.trace, said, this.#wall(endedAt));
        return;
      }
      case 'protocol':
        this.#protocol(group, traced);
        return;
      case 'deliver':
        this.#deliver(group, traced);
    }
  }

  #protocol(group: string, { phases, ...step }: StepOf<'protocol'>): void {
    const parent = contextOf(step.trace);
    if (parent === undefined) return;
    const { kind, position, outcome } = step;
    const missing = phases.reduce((sum, { defaultVotes }) => sum + defaultVotes, 0);
    const told = { group, kind, position, phases: phases.length, outcome };
    const span = this.#begin('protocol', { ...told, default_votes: missing }, step, parent);
    const within = trace.setSpan(parent, span);
    for (const each of phases) {
      const { phase, defaultVotes: default_votes } = each;
      const part = { group, kind, position, phase, outcome: each.outcome, default_votes };
      this.#begin('phase', part, each, within).end(this.#wall(each.endedAt));
    }
    span.end(this.#wall(step.endedAt));
  }

  #deliver(
    group: string,
    { name: _, trace: theirs, beganAt, endedAt, ...told }: StepOf<'deliver'>,
  ): void {
    const parent = contextOf(theirs);
    if (parent === undefined) return;
    const span = this.#begin('deliver', { group, ...told }, { beganAt }, parent);
    const ours = span.isRecording() ? traceParentOf(span.spanContext()) : undefined;
    this.#delivered = ours === undefined ? undefined : { theirs, ours };
    span.end(this.#wall(endedAt));
  }

  #begin(
    name: string,
    attributes: Attributes,
    { beganAt }: { readonly beganAt: number },
    parent: Context,
  ): Span {
    const startTime = this.#wall(beganAt);
    return this.#tracer.startSpan(name, { attributes, startTime }, parent);
  }

  #keep(ours: string, request: OpenRequest): void {
    this.#open.set(ours, request);
    if (this.#open.size <= OPEN_MAX) return;
    const [oldest] = this.#open.keys();
    if (oldest !== undefined) this.#end(oldest, { outcome: 'unknown' }, Date.now());
  }

  /** What is refused before it gets to its group has no other end than this. */
  #refused(
    client: number,
    { request, code }: Extract<ToClient, { readonly kind: 'refused' }>,
  ): void {
    for (const [ours, open] of this.#open) {
      if (open.client !== client || open.request !== request) continue;
      // Where it did get there the engine says more, in the same breath.
      queueMicrotask(() => this.#end(ours, { outcome: code }, Date.now()));
      return;
    }
  }

  #end(ours: string, attributes: Attributes & { readonly outcome: string }, at: number): void {
    const span = this.#open.get(ours)?.span;
    if (span === undefined) return;
    this.#open.delete(ours);
    span.setAttributes(attributes);
    const { outcome } = attributes;
    const isDecided = outcome === 'approved' || outcome === 'rejected';
    if (!isDecided) span.setStatus({ code: SpanStatusCode.ERROR, message: outcome });
    span.end(at);
  }

  /** The time of day at a time of the engine. */
  #wall(at: number): number {
    return this.#offset + at;
  }
}

interface OpenRequest {
  readonly span: Span;
  readonly client: number;
  readonly request: number;
}

function contextOf(named: string): Context | undefined {
  const parent = readTraceParent(named);
  return parent && trace.setSpanContext(ROOT_CONTEXT, parent);
}
