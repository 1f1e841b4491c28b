import * as api from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { describe, expect } from 'vitest';
import type { TestDomain } from './harness/domain.js';
import { eventually } from './harness/eventually.js';
import { test } from './harness/test.js';
import { bytes } from './harness/watched.js';

/** B9: one proposal is one trace, over processes and daemons. This process is both clients. */

const NODES = ['n1', 'n2', 'n3'] as const;
const sdk = new URL('programs/spans-to-parent.mjs', import.meta.url).href;
const exporter = new InMemorySpanExporter();

/** A span, wherever it was made. */
interface Made {
  readonly name: string;
  readonly at: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
}

function madeHere(): readonly Made[] {
  return exporter.getFinishedSpans().map((span) => {
    const { name, attributes } = span;
    const { traceId, spanId } = span.spanContext();
    const parent = span.parentSpanContext?.spanId;
    return { name, at: 'here', traceId, spanId, parent, attributes };
  });
}

/** What the SDK in the daemons has told so far. */
function madeBy(domain: TestDomain): readonly Made[] {
  return NODES.flatMap((at) =>
    domain.daemon(at).program.messages.flatMap((message) => {
      const { span } = message as { readonly span?: Omit<Made, 'at'> };
      return span === undefined ? [] : [{ ...span, at }];
    }),
  );
}

describe('a traced proposal', () => {
  test('is one trace from the call to the handlers, through every daemon (B9)', async ({
    startDomain,
  }) => {
    const spanProcessors = [new SimpleSpanProcessor(exporter)];
    api.trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
    api.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const domain = await startDomain({ env: { NODE_OPTIONS: `--import ${sdk}` } });
    const active: (string | undefined)[] = [];
    const join = async (node: string) => {
      const services = await domain.connect(node);
      const member = await services.join('traced', { vote: () => 'approve' });
      member.on('state', () => {
        active.push(api.trace.getActiveSpan()?.spanContext().traceId);
      });
      return member;
    };
    const leader = await join('n1');
    const proposer = await join('n2');
    const third = await join('n3');
    const result = await proposer.changeState(bytes('v1'), { phases: { exactly: 2 } });
    for (const each of [leader, third])
      await each.when(({ stateValue }) => stateValue !== undefined);

    const traceId = madeHere()[0]?.traceId;
    const all = await eventually('everybody has told its spans', () => {
      const spans = [...madeHere(), ...madeBy(domain)].filter((it) => it.traceId === traceId);
      return spans.length >= 11 && spans;
    });
    const nameOf = (spanId: string | undefined): string => {
      const span = all.find((it) => it.spanId === spanId);
      return span === undefined ? 'nobody' : `${span.name} at ${span.at}`;
    };
    expect(all.map((it) => `${it.name} at ${it.at} of ${nameOf(it.parent)}`).sort()).toEqual([
      'deliver at n1 of request at n2',
      'deliver at n2 of request at n2',
      'deliver at n3 of request at n2',
      'event at here of deliver at n1',
      'event at here of deliver at n2',
      'event at here of deliver at n3',
      'phase at n1 of protocol at n1',
      'phase at n1 of protocol at n1',
      'propose at here of nobody',
      'protocol at n1 of request at n2',
      'request at n2 of propose at here',
    ]);
    expect(active).toEqual([traceId, traceId, traceId]);
    const protocol = all.find(({ name }) => name === 'protocol');
    expect(protocol?.attributes).toEqual({
      group: 'traced',
      kind: 'state',
      position: expect.any(Number),
      phases: 2,
      outcome: 'approved',
      default_votes: 0,
    });
    // All but the leader name the place of the events.
    const told = all.filter(({ name }) => /^(?:propose|deliver|event)$/u.test(name));
    const positions = new Set(told.map(({ attributes: { position } }) => position));
    expect([...positions]).toEqual([result.position]);
  });
});
