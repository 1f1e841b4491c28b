import { readTraceParent, traceParentOf } from '@group-services/wire';
import * as api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectOptions, TraceApi } from '../src/index.js';
import {
  bytes,
  change,
  FakeDaemon,
  joinedProvider,
  rejectedFrame,
  textOf,
  view,
  WELCOME,
} from './fake-daemon.js';

// The spans of a process (B9), kept in memory by the SDK that a program would have.

const exporter = new InMemorySpanExporter();

/** As a daemon of another trace would name it. */
const THEIRS = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

beforeEach(() => {
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  api.trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
  api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});

afterEach(() => {
  exporter.reset();
  api.trace.disable();
  api.context.disable();
});

async function joined(options: ConnectOptions = {}, features: readonly 'trace'[] = ['trace']) {
  const daemon = await FakeDaemon.start();
  daemon.answer = { ...WELCOME, minor: 1, features: [...features] };
  const services = await daemon.connect(options);
  return { daemon, services, ...(await joinedProvider(daemon, services)) };
}

function spans(name: string): readonly ReadableSpan[] {
  return exporter.getFinishedSpans().filter((span) => span.name === name);
}

function only(name: string): ReadableSpan {
  const [span, ...more] = spans(name);
  if (span === undefined || more.length > 0) throw new Error(`${more.length + 1} spans ${name}`);
  return span;
}

/** The state change 7.6, approved for whoever proposed it as `request`. */
function approvedState(handle: number, request: number | undefined, trace: string | undefined) {
  const protocol = { id: '7.6', kind: 'state', proposer: 'n1/a' } as const;
  const state = { value: bytes('v1') };
  return {
    kind: 'approved',
    handle,
    position: 6,
    protocol,
    phases: 1,
    request,
    state,
    trace,
  } as const;
}

describe('a proposal', () => {
  it('is a span from the call to its result, and is named to the daemon', async () => {
    const { daemon, provider, handle } = await joined();
    const outer = api.trace.getTracer('program').startSpan('outer');
    const changing = api.context.with(api.trace.setSpan(api.context.active(), outer), () =>
      provider.changeState(bytes('v1'), { phases: 'voting' }),
    );
    const { request, trace } = await daemon.next('propose');
    expect(spans('propose')).toEqual([]);
    daemon.send(approvedState(handle, request, trace));
    await changing;
    const span = only('propose');
    expect(trace).toBe(traceParentOf(span.spanContext()));
    expect(span.parentSpanContext?.spanId).toBe(outer.spanContext().spanId);
    expect(span.attributes).toEqual({
      group: 'g',
      kind: 'state',
      position: 6,
      phases: 1,
      outcome: 'approved',
      default_votes: 0,
    });
  });

  it('counts the votes that were missing', async () => {
    const { daemon, provider, handle } = await joined();
    const changing = provider.changeState(bytes('v1'), { phases: 'voting' });
    const { request } = await daemon.next('propose');
    const causes = [
      { code: 'time-limit', value: 'reject', provider: 'n2/b' },
      { code: 'provider-failed', value: 'reject', provider: 'n3/c' },
      { code: 'voted', value: 'reject', provider: 'n1/a' },
    ] as const;
    daemon.send(rejectedFrame(handle, { request, causes: [...causes] }));
    await changing;
    expect(only('propose').attributes).toMatchObject({ outcome: 'rejected', default_votes: 2 });
  });

  it('that is refused says why', async () => {
    const { daemon, provider } = await joined();
    const changing = provider.changeState(bytes('v1')).catch(() => {});
    const { request } = await daemon.next('propose');
    daemon.send({ kind: 'refused', request, code: 'COLLISION', text: 'another was chosen' });
    await changing;
    expect(only('propose').attributes).toMatchObject({ outcome: 'COLLISION' });
    expect(only('propose').status).toEqual({ code: 2, message: 'another was chosen' });
  });

  it('may be a message, which keeps its place among others', async () => {
    const { daemon, provider } = await joined();
    const sent = [provider.send(bytes('1')), provider.send(bytes('2'), { delivery: 'safe' })];
    for (const sending of sent) void sending.catch(() => {});
    const first = await daemon.next('propose');
    const second = await daemon.next('propose');
    const texts = [first, second].map(({ proposed }) =>
      proposed.kind === 'voted-message' ? `${textOf(proposed.payload)} ${proposed.safe}` : '',
    );
    expect(texts).toEqual(['1 false', '2 true']);
    expect(first.phases).toBe(1);
    expect(readTraceParent(first.trace ?? '')).toBeDefined();
    expect(first.trace).not.toBe(second.trace);
  });
});

describe('an event', () => {
  it('is a span of the daemon’s trace, and the context of its handlers', async () => {
    const { daemon, services, provider, handle } = await joined();
    const seen: (string | undefined)[] = [];
    const note = (): void => void seen.push(api.trace.getActiveSpan()?.spanContext().spanId);
    provider.on('state', () => {
      note();
      queueMicrotask(note);
    });
    daemon.send(approvedState(handle, undefined, THEIRS));
    await daemon.handled(services);
    const span = only('event');
    expect(seen).toEqual([span.spanContext().spanId, span.spanContext().spanId]);
    expect(`00-${span.spanContext().traceId}-${span.parentSpanContext?.spanId}-01`).toBe(THEIRS);
    expect(span.attributes).toEqual({
      group: 'g',
      kind: 'state',
      position: 6,
      phases: 1,
      outcome: 'approved',
      default_votes: 0,
    });
  });

  it('leaves its handlers what they have of their own', async () => {
    const { daemon, services, provider, handle } = await joined();
    const key = api.createContextKey('tenant');
    const seen: unknown[] = [];
    api.context.with(api.context.active().setValue(key, 'blue'), () =>
      provider.on('membership', () => void seen.push(api.context.active().getValue(key))),
    );
    const protocol = { id: '7.6', kind: 'join', proposer: 'n2/b' } as const;
    const told = { kind: 'approved', handle, position: 6, protocol, phases: 0 } as const;
    const membership = change(2, 6, { joined: ['n2/b'] });
    daemon.send({ ...told, membership, trace: THEIRS });
    await daemon.handled(services);
    expect(seen).toEqual(['blue']);
    expect(provider.view).toMatchObject(
      (({ numbers: _, ...list }) => list)(view(2, 6, 'n1/a', 'n2/b')),
    );
  });

  it('is none when the trace is nothing that W3C writes', async () => {
    const { daemon, services, provider, handle } = await joined();
    let count = 0;
    provider.on('state', () => {
      count += 1;
    });
    daemon.send(approvedState(handle, undefined, 'b3-like'));
    await daemon.handled(services);
    expect(count).toBe(1);
    expect(spans('event')).toEqual([]);
  });
});

describe('no trace leaves the process', () => {
  const untraced: readonly [string, () => ReturnType<typeof joined>][] = [
    [
      'when there is no SDK',
      () => {
        api.trace.disable();
        return joined();
      },
    ],
    ['when the program does not want it', () => joined({ trace: false })],
    ['when the daemon does not know of traces', () => joined({}, [])],
  ];
  for (const [when, begin] of untraced) {
    it(when, async () => {
      const { daemon, provider } = await begin();
      void provider.send(bytes('x')).catch(() => {});
      // The frame of the hot path.
      expect(await daemon.next('send')).toMatchObject({ payload: bytes('x') });
      void provider.barrier().catch(() => {});
      expect(await daemon.next('propose')).not.toHaveProperty('trace');
    });
  }

  it('but a process keeps its own spans where only the daemon is of another release', async () => {
    const { daemon, provider, handle } = await joined({}, []);
    const sending = provider.send(bytes('x'));
    const { request, payload } = await daemon.next('send');
    daemon.send({ kind: 'message', handle, position: 8, from: 1, request, payload });
    await sending;
    expect(only('propose').attributes).toMatchObject({ kind: 'message', position: 8 });
  });
});

describe('the option `trace`', () => {
  it('takes the module itself', async () => {
    const { daemon, provider } = await joined({ trace: api });
    void provider.barrier().catch(() => {});
    expect(readTraceParent((await daemon.next('propose')).trace ?? '')).toBeDefined();
  });

  it('refuses what is something else', async () => {
    const given = { trace: { getTracer: () => {} } } as unknown as TraceApi;
    const daemon = await FakeDaemon.start();
    await expect(daemon.connect({ trace: given })).rejects.toThrow(/trace must be false, or/u);
  });
});
