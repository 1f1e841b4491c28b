import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { parse } from 'yaml';
import { eventually } from './harness/eventually.js';
import { test } from './harness/test.js';
import { bytes, join } from './harness/watched.js';

const NAME = /\bgroup_services_[a-z_]+\b/gu;

function file(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
}

async function metricsOf(admin: string, accept = 'text/plain'): Promise<string> {
  const response = await fetch(new URL('/metrics', admin), { headers: { accept } });
  expect(response.status).toBe(200);
  return await response.text();
}

/** Value of the line that begins so; undefined: there is none. */
function sampleOf(text: string, line: string): number | undefined {
  const found = text.split('\n').find((one) => one.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length + 1));
}

/** Our metrics with their kind, from what a program answers. */
function families(text: string): Map<string, string> {
  const lines = [...text.matchAll(/^# TYPE (group_services_[a-z_]+) (\w+)$/gmu)];
  return new Map(lines.map(([, name = '', kind = '']) => [name, kind]));
}

/** The labels of each of our metrics that has a value, by its family. */
function labelsIn(text: string): Map<string, string> {
  const samples = text.matchAll(/^(group_services_[a-z_]+)(?:\{(.*)\})? \S+$/gmu);
  const labels = [...samples].map(([, name = '', all = '']) => {
    const family = name.replace(/_(bucket|sum|count)$/u, '');
    const names = [...all.matchAll(/(?:^|",)([a-z_]+)="/gu)].map(([, label = '']) => label);
    return [family, names.filter((label) => label !== 'le').join(', ')] as const;
  });
  return new Map(labels);
}

/** The labels of each metric, as the table says. */
function documentedLabels(): Map<string, string> {
  const rows = file('docs/OPERATIONS.md').matchAll(
    /^\| (`group_services_.*?) \| \w+ \| ?([a-z_, ]*?) ?\|/gmu,
  );
  return new Map(
    [...rows].flatMap(([, names = '', labels = '']) =>
      [...names.matchAll(NAME)].map(([name]) => [name, labels] as const),
    ),
  );
}

/**
 * The table of docs/OPERATIONS.md: what operators are told that there is. What a name server on etcd adds is
 * left out; its own tests look for that.
 */
function documented(): Map<string, string> {
  const table = file('docs/OPERATIONS.md').matchAll(
    /^\| (`group_services_.*?) \| (\w+) \|(.*)$/gmu,
  );
  return new Map(
    [...table]
      .filter(([, , , rest = '']) => !rest.includes('on etcd'))
      .flatMap(([, names = '', kind = '']) =>
        [...names.matchAll(NAME)].map(([name]) => [name, kind] as const),
      ),
  );
}

describe('the metrics', () => {
  test('tell what happens in a domain', async ({ startDomain }) => {
    const domain = await startDomain({ nodes: ['n1', 'n2'] });
    const first = await join(await domain.connect('n1'), 'measured');
    await join(await domain.connect('n2'), 'measured');
    await first.handle.send(bytes('four'), { delivery: 'safe' });
    const { admin } = domain.daemon('n1');
    await eventually('the message is counted', async () => {
      const text = await metricsOf(admin);
      return sampleOf(text, 'group_services_messages_delivered_total') === 1;
    });
    const text = await metricsOf(admin);
    const values = {
      'protocols_total{kind="join",outcome="approved"}': 2,
      'protocols_total{kind="message",outcome="approved"}': 1,
      message_bytes_delivered_total: 4,
      'members{group="measured"}': 2,
      'providers{group="measured"}': 2,
      'leading{group="measured"}': 1,
      'views_total{cause="join"}': 2,
      clients: 1,
      name_server_connected: 1,
    };
    for (const [line, value] of Object.entries(values)) {
      expect([line, sampleOf(text, `group_services_${line}`)]).toEqual([line, value]);
    }
    const told = documentedLabels();
    for (const [name, names] of labelsIn(text))
      expect([name, names]).toEqual([name, told.get(name)]);
    expect(
      sampleOf(text, 'group_services_link_frames_total{peer="n2",direction="sent"}'),
    ).toBeGreaterThan(0);
    const open = await metricsOf(admin, 'application/openmetrics-text; version=1.0.0');
    expect(open).toMatch(/# EOF\n$/u);

    // The alert for a name server that is away.
    await domain.nameServer.program.kill();
    await eventually('the name server is missed', async () => {
      const now = await metricsOf(admin);
      return sampleOf(now, 'group_services_name_server_connected') === 0;
    });
  });

  test('are those of the documents, the dashboard and the alerts', async ({ domain }) => {
    const [ofDaemon, ofNameServer] = await Promise.all([
      metricsOf(domain.daemon('n1').admin),
      metricsOf(domain.nameServer.admin),
    ]);
    const known = new Map([...families(ofDaemon), ...families(ofNameServer)]);
    expect([...known].sort()).toEqual([...documented()].sort());
    const labels = new Map([...labelsIn(ofDaemon), ...labelsIn(ofNameServer)]);
    expect(labels.size).toBeGreaterThan(10);
    const told = documentedLabels();
    for (const [name, names] of labels) expect([name, names]).toEqual([name, told.get(name)]);
    const dashboard: unknown = JSON.parse(file('deploy/grafana/group-services.json'));
    const alerts = parse(file('deploy/prometheus/alerts.yaml')) as {
      readonly groups: readonly {
        readonly rules: readonly {
          readonly expr: string;
          readonly annotations: { readonly runbook: string };
        }[];
      }[];
    };
    const rules = alerts.groups.flatMap(({ rules }) => rules);
    expect(rules.length).toBeGreaterThan(5);
    const used = `${JSON.stringify(dashboard)} ${rules.map(({ expr }) => expr).join(' ')}`;
    const names = new Set([...used.matchAll(NAME)].map(([name]) => name));
    expect(names.size).toBeGreaterThan(20);
    for (const name of names) {
      const family = name.replace(/_(bucket|sum|count)$/u, '');
      expect([name, known.has(name) || known.get(family) === 'histogram']).toEqual([name, true]);
    }
    // Each alert has its paragraph.
    const headings = [...file('docs/OPERATIONS.md').matchAll(/^#{2,4} (.+)$/gmu)].map(
      ([, title = '']) => title.toLowerCase().replace(/[^a-z0-9]+/gu, '-'),
    );
    for (const { annotations } of rules) {
      expect(headings).toContain(annotations.runbook.replace(/^.*#/u, ''));
    }
  });
});
