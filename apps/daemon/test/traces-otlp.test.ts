import { copyFileSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import { eventually } from './harness/eventually.js';
import { test } from './harness/test.js';
import { bytes, join } from './harness/watched.js';

/** What docs/OPERATIONS.md says of spans and collectors, done: `deploy/tracing/otlp.mjs` beside its packages. */

const shipped = fileURLToPath(new URL('../../../deploy/tracing/otlp.mjs', import.meta.url));
const packages = fileURLToPath(new URL('../node_modules', import.meta.url));

/** As much of OTLP's JSON as is looked at. */
interface Exported {
  readonly resourceSpans: readonly {
    readonly resource: {
      readonly attributes: readonly { key: string; value: { stringValue?: string } }[];
    };
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        name: string;
      }[];
    }[];
  }[];
}

interface Received {
  readonly service: string | undefined;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent: string | undefined;
}

function received({ resourceSpans }: Exported): Received[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const named = resource.attributes.find(({ key }) => key === 'service.name');
    const spans = scopeSpans.flatMap((scope) => scope.spans);
    return spans.map(({ name, traceId, spanId, parentSpanId: parent }) => {
      return { service: named?.value.stringValue, name, traceId, spanId, parent };
    });
  });
}

/** A collector that takes OTLP over HTTP, as small as can be. */
async function collector(spans: Received[]) {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method !== 'POST' || request.url !== '/v1/traces') response.statusCode = 404;
      else spans.push(...received(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Exported));
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { address: `http://127.0.0.1:${port}`, close };
}

test('spans of gsd and of a process reach a collector by OTLP (B9)', async ({
  bench,
  startDomain,
  onTestFinished,
}) => {
  const spans: Received[] = [];
  const { address, close } = await collector(spans);
  onTestFinished(close);
  copyFileSync(shipped, bench.path('otlp.mjs'));
  symlinkSync(packages, bench.path('node_modules'));
  const preload = pathToFileURL(bench.path('otlp.mjs')).href;
  const usual = { OTEL_EXPORTER_OTLP_ENDPOINT: address, OTEL_BSP_SCHEDULE_DELAY: '50' };

  const env = { ...usual, OTEL_SERVICE_NAME: 'gsd', NODE_OPTIONS: `--import ${preload}` };
  const domain = await startDomain({ nodes: ['n1'], env });
  // This process is a program that traces.
  Object.assign(process.env, usual, { OTEL_SERVICE_NAME: 'shop' });
  await import(preload);
  const member = await join(await domain.connect('n1'), 'exported');
  await member.handle.changeState(bytes('v1'), { phases: 1 });
  await member.next('state');

  const told = await eventually('the collector has the whole trace', () => {
    const trace = spans.find(({ name }) => name === 'propose')?.traceId;
    const own = spans.filter(({ traceId }) => traceId === trace);
    return own.length >= 5 && own;
  });
  const parentOf = ({ parent }: Received): string | undefined =>
    told.find(({ spanId }) => spanId === parent)?.name;
  expect(told.map((span) => [span.service, span.name, parentOf(span)]).sort()).toEqual([
    ['gsd', 'deliver', 'request'],
    ['gsd', 'protocol', 'request'],
    ['gsd', 'request', 'propose'],
    ['shop', 'event', 'deliver'],
    ['shop', 'propose', undefined],
  ]);
});
