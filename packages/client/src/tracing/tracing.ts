import { readTraceParent, traceParentOf } from '@group-services/wire';
import { GroupServicesError } from '../api/errors.js';
import type { GroupTypes } from '../api/group-types.js';
import type { Cause, ProtocolResult } from '../api/protocol.js';
import type { TraceApi, TraceAttributes, TraceTracer } from '../api/trace-api.js';

/** Who makes the spans. */
const LIBRARY = '@group-services/client';

/** Numbers of the OpenTelemetry API, whose enums the library does without. */
const KIND = { client: 2, consumer: 4 } as const;
const STATUS_ERROR = 2;

/**
 * The spans that a process makes of its proposals and of what it is told: `propose`, from the call to its
 * result, and `event`, in which the handlers of a protocol's events run. What is between them is done by
 * daemons, whose spans belong to the same trace (`docs/OPERATIONS.md`, Traces).
 */
export class Tracing {
  readonly #api: TraceApi;
  readonly #tracer: TraceTracer;
  readonly #isCarried: boolean;

  /** `isCarried`: the daemon knows of traces. */
  constructor(api: TraceApi, isCarried: boolean) {
    this.#api = api;
    this.#tracer = api.trace.getTracer(LIBRARY);
    this.#isCarried = isCarried;
  }

  /** Undefined when nobody records it. */
  propose(group: string, kind: string): ProposeSpan | undefined {
    const options = { kind: KIND.client, attributes: { group, kind } };
    const span = this.#tracer.startSpan('propose', options, this.#api.context.active());
    if (!span.isRecording()) return undefined;
    const end = (attributes: TraceAttributes): void => {
      span.setAttributes(attributes);
      span.end();
    };
    return {
      carried: this.#isCarried ? traceParentOf(span.spanContext()) : undefined,
      ended: ({ position, phases, outcome, causes }) =>
        end({ position, phases, outcome, default_votes: defaultVotesIn(causes) }),
      failed: (error) => {
        span.setStatus({ code: STATUS_ERROR, message: error.message });
        end({ outcome: error instanceof GroupServicesError ? error.code : error.name });
      },
    };
  }

  /** What is told of a protocol whose proposal named a trace; undefined when that means nothing to us. */
  event(trace: string, attributes: TraceAttributes): EventSpan | undefined {
    const daemons = readTraceParent(trace);
    if (daemons === undefined) return undefined;
    const { trace: spans, context } = this.#api;
    const options = { kind: KIND.consumer, attributes };
    const span = this.#tracer.startSpan(
      'event',
      options,
      spans.setSpanContext(context.active(), daemons),
    );
    return {
      // Whatever else the handler's own context holds stays there.
      run: (handler) => context.with(spans.setSpan(context.active(), span), handler),
      end: () => span.end(),
    };
  }
}

/** A proposal under way. */
export interface ProposeSpan {
  /** What the daemon is told of it. */
  readonly carried: string | undefined;
  readonly ended: (result: ProtocolResult<GroupTypes>) => void;
  readonly failed: (error: Error) => void;
}

/** Handlers are being called. */
export interface EventSpan {
  readonly run: (handler: () => unknown) => unknown;
  readonly end: () => void;
}

/** Votes that were missing when the protocol ended. */
export function defaultVotesIn(causes: readonly Pick<Cause, 'code'>[]): number {
  const isMissing = ({ code }: Pick<Cause, 'code'>): boolean =>
    code !== 'voted' && code !== 'max-phases';
  return causes.filter(isMissing).length;
}
