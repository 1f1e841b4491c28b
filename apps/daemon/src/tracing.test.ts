import type { FromClient, ToClient } from '@group-services/wire';
import { trace } from '@opentelemetry/api';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Tracing } from './tracing.js';

// The spans of a daemon (B9), from what its engine says it did.

const exporter = new InMemorySpanExporter();
const CLIENT = 4;
const PROCESS = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
/** Of the engine, in which it is 1000 now. */
const tracing = (): Tracing => new Tracing(() => 1_000);

beforeEach(() => {
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
});

afterEach(() => {
  exporter.reset();
  trace.disable();
});

function proposal(request: number, named: string | undefined = PROCESS): FromClient {
  return {
    kind: 'propose',
    request,
    handle: 1,
    phases: 1,
    proposed: { kind: 'barrier' },
    trace: named,
  };
}

function result(named: string): ToClient {
  const protocol = { id: '7.9', kind: 'barrier' } as const;
  return { kind: 'approved', handle: 1, position: 9, protocol, phases: 2, trace: named };
}

function traceOf(message: FromClient | ToClient): string {
  return 'trace' in message && message.trace !== undefined ? message.trace : '';
}

function spans(name: string): readonly ReadableSpan[] {
  return exporter.getFinishedSpans().filter((span) => span.name === name);
}

function parentOf(span: ReadableSpan | undefined): string {
  return `00-${span?.spanContext().traceId}-${span?.parentSpanContext?.spanId}-01`;
}

/** From its beginning to its end, in milliseconds. */
function lengthOf({ duration: [seconds, nanoseconds] }: ReadableSpan): number {
  return seconds * 1e3 + nanoseconds / 1e6;
}

it('a proposal goes on as the child of its request, which ends with its answer', () => {
  const daemon = tracing();
  const named = traceOf(daemon.heard(CLIENT, proposal(7)));
  expect(named.slice(0, 36)).toBe(PROCESS.slice(0, 36));
  expect(named).not.toBe(PROCESS);
  expect(spans('request')).toEqual([]);
  const over = { name: 'request', trace: named, kind: 'barrier', outcome: 'approved' } as const;
  daemon.over({ group: 'g' as never, traced: { ...over, beganAt: 900, endedAt: 950 } });
  const [request] = spans('request');
  expect(parentOf(request)).toBe(PROCESS);
  expect(request?.attributes).toEqual({ group: 'g', kind: 'barrier', outcome: 'approved' });
});

it('a refusal that the engine says nothing of ends the request, too', async () => {
  const daemon = tracing();
  daemon.heard(CLIENT, proposal(7));
  daemon.heard(CLIENT, proposal(8));
  daemon.heard(CLIENT + 1, proposal(7));
  daemon.told(CLIENT, { kind: 'refused', request: 7, code: 'REMOVED', text: '' });
  await Promise.resolve();
  expect(spans('request').map(({ attributes }) => attributes)).toEqual([{ outcome: 'REMOVED' }]);
  expect(spans('request')[0]?.status).toEqual({ code: 2, message: 'REMOVED' });
});

it('a protocol has a child for each phase, with the times of the engine', () => {
  const phases = [
    { phase: 1, beganAt: 100, endedAt: 400, outcome: 'continue', defaultVotes: 0 },
    { phase: 2, beganAt: 400, endedAt: 900, outcome: 'approved', defaultVotes: 2 },
  ] as const;
  const step = { name: 'protocol', trace: PROCESS, kind: 'barrier', position: 9 } as const;
  const ended = { beganAt: 100, endedAt: 900, outcome: 'approved', phases } as const;
  tracing().over({ group: 'g' as never, traced: { ...step, ...ended } });
  const [protocol] = spans('protocol');
  expect(parentOf(protocol)).toBe(PROCESS);
  expect(protocol?.attributes).toEqual({
    group: 'g',
    kind: 'barrier',
    position: 9,
    phases: 2,
    outcome: 'approved',
    default_votes: 2,
  });
  expect(spans('phase').map((span) => [Math.round(lengthOf(span)), span.attributes])).toEqual([
    [
      300,
      { group: 'g', kind: 'barrier', position: 9, phase: 1, outcome: 'continue', default_votes: 0 },
    ],
    [
      500,
      { group: 'g', kind: 'barrier', position: 9, phase: 2, outcome: 'approved', default_votes: 2 },
    ],
  ]);
  const parents = spans('phase').map(({ parentSpanContext }) => parentSpanContext?.spanId);
  expect(new Set(parents)).toEqual(new Set([protocol?.spanContext().spanId]));
});

it('what processes are told follows from the delivery', () => {
  const daemon = tracing();
  const step = { name: 'deliver', trace: PROCESS, kind: 'barrier', position: 9 } as const;
  const at = { phases: 2, outcome: 'approved', beganAt: 950, endedAt: 950 };
  daemon.over({ group: 'g' as never, traced: { ...step, ...at } });
  const [deliver] = spans('deliver');
  expect(parentOf(deliver)).toBe(PROCESS);
  const told = traceOf(daemon.told(CLIENT, result(PROCESS)));
  expect(told).toBe(`00-${deliver?.spanContext().traceId}-${deliver?.spanContext().spanId}-01`);
  // Of another protocol.
  const other = PROCESS.replace('00f0', '11f0');
  expect(traceOf(daemon.told(CLIENT, result(other)))).toBe(other);
});

it('only so many requests are open at once', () => {
  const daemon = tracing();
  for (let request = 1; request <= 10_002; request += 1) daemon.heard(CLIENT, proposal(request));
  expect(spans('request').map(({ attributes }) => attributes['outcome'])).toEqual([
    'unknown',
    'unknown',
  ]);
});

it('a trace goes through as it came where nobody makes spans, or where it is none of W3C', () => {
  expect(traceOf(tracing().heard(CLIENT, proposal(7, 'b3-like')))).toBe('b3-like');
  trace.disable();
  const daemon = tracing();
  expect(traceOf(daemon.heard(CLIENT, proposal(7)))).toBe(PROCESS);
  const step = { name: 'deliver', trace: PROCESS, kind: 'barrier', position: 9 } as const;
  const at = { phases: 2, outcome: 'approved', beganAt: 950, endedAt: 950 };
  daemon.over({ group: 'g' as never, traced: { ...step, ...at } });
  expect(traceOf(daemon.told(CLIENT, result(PROCESS)))).toBe(PROCESS);
});
