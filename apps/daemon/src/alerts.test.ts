import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { found, type Labels, type Series } from '../test/harness/alert-rule.js';

// Each alert of deploy/prometheus: what makes it sound, and what is just not enough for it. That the metrics have
// these names is looked for at real programs (apps/daemon/test/metrics.test.ts).

interface Rule {
  readonly alert: string;
  readonly expr: string;
}

const file = new URL('../../../deploy/prometheus/alerts.yaml', import.meta.url);
const { groups } = parse(readFileSync(file, 'utf8')) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
};
const rules = new Map(
  groups.flatMap((group) => group.rules).map(({ alert, expr }) => [alert, expr]),
);

const HOST = { instance: 'n1:7491' };
const DAY_S = 86_400;

function gauge(name: string, last: number, labels: Labels = {}): Series {
  return { name, labels: { ...HOST, ...labels }, first: last, last };
}

/** It has grown by so much. */
function counter(name: string, by: number, labels: Labels = {}): Series {
  return {
    name: `group_services_${name}_total`,
    labels: { ...HOST, ...labels },
    first: 7,
    last: 7 + by,
  };
}

const build = [1, 2, 3].map((n) =>
  gauge('group_services_build_info', 1, { instance: `n${n}:7491`, version: '0.1.0' }),
);
const expiry = 'group_services_tls_certificate_expiry_seconds';
const lag = 'nodejs_eventloop_lag_p99_seconds';

/** Over so many seconds; `sounds`: each of them alone, `not`: all of them together do not. */
const cases: Readonly<
  Record<string, { seconds: number; sounds: readonly Series[][]; not: readonly Series[] }>
> = {
  GroupServicesNoNameServer: {
    seconds: 30,
    sounds: [
      [gauge('group_services_name_server_connected', 0)],
      [gauge('group_services_name_server_up', 0)],
    ],
    not: [
      gauge('group_services_name_server_connected', 1),
      gauge('group_services_name_server_up', 1),
    ],
  },
  GroupServicesTakeoverStorm: {
    seconds: 600,
    sounds: [[...build, counter('takeovers', 10, { recovery: 'announced' })]],
    // Three for each program; those who hand over are not lost.
    not: [
      ...build,
      counter('takeovers', 9, { recovery: 'announced' }),
      counter('takeovers', 90, { recovery: 'handover' }),
    ],
  },
  GroupServicesGroupPressed: {
    seconds: 300,
    sounds: [
      [
        counter('pressed_seconds', 40, { group: 'slow' }),
        counter('flow_closed_seconds', 21, { group: 'slow' }),
      ],
    ],
    not: [
      counter('pressed_seconds', 40, { group: 'slow' }),
      counter('flow_closed_seconds', 19, { group: 'slow' }),
      counter('pressed_seconds', 10, { group: 'other' }),
      counter('flow_closed_seconds', 10, { group: 'other' }),
    ],
  },
  GroupServicesDefaultVotes: {
    seconds: 300,
    sounds: [[counter('default_votes', 31, { reason: 'time-limit' })]],
    not: [
      counter('default_votes', 29, { reason: 'time-limit' }),
      counter('default_votes', 90, { reason: 'process-failure' }),
      counter('default_votes', 90, { reason: 'node-failure' }),
    ],
  },
  GroupServicesCertificateEnds: {
    seconds: 3_600,
    sounds: [[gauge(expiry, 29 * DAY_S, { file: 'gsd.crt' })]],
    not: [gauge(expiry, 31 * DAY_S, { file: 'gsd.crt' })],
  },
  GroupServicesRetainedBytes: {
    seconds: 300,
    sounds: [[gauge('group_services_retained_bytes', 3_500_000, { group: 'far' })]],
    not: [
      gauge('group_services_retained_bytes', 2_000_000, { group: 'far' }),
      gauge('group_services_retained_bytes', 2_000_000, { group: 'near' }),
    ],
  },
  GroupServicesDaemonStarved: {
    seconds: 300,
    sounds: [[...build, gauge(lag, 0.3)]],
    // Of another program on the same scraper: it is none of ours.
    not: [...build, gauge(lag, 0.2), gauge(lag, 2, { instance: 'shop:80' })],
  },
};

describe('the alerts', () => {
  it('are all provoked here', () => {
    expect(Object.keys(cases).sort()).toEqual([...rules.keys()].sort());
  });

  for (const [alert, { seconds, sounds, not }] of Object.entries(cases)) {
    it(`${alert} sounds, and not before`, () => {
      const rule = rules.get(alert) ?? '';
      for (const series of sounds) expect(found(rule, series, seconds)).toHaveLength(1);
      expect(found(rule, not, seconds)).toEqual([]);
    });
  }
});
