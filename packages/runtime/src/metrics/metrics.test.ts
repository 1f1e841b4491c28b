import { Counts, Durations } from '@group-services/core';
import { describe, expect, it } from 'vitest';
import { Metrics } from './metrics.js';

function sample(): Metrics {
  const metrics = new Metrics({ version: '1.2.3', wire: '1' });
  const protocols = new Counts();
  protocols.add(2, 'join', 'approved');
  const labels = ['kind', 'outcome'];
  metrics.counts({ name: 'protocols_total', help: 'Protocols', labels }, protocols);
  const durations = new Durations();
  durations.add(3, 'join');
  durations.add(70_000, 'join');
  const timed = { name: 'protocol_duration_seconds', help: 'Time', labels: ['kind'] };
  metrics.durations(timed, durations);
  metrics.gauge({ name: 'members', help: 'Members', labels: ['group'] }, () => [
    { labels: { group: 'a "b"' }, value: 3 },
  ]);
  return metrics;
}

/** Lines of our own metrics. */
function ours(text: string): string[] {
  return text.split('\n').filter((line) => line.includes('group_services_'));
}

describe('the metrics', () => {
  it('are written as Prometheus reads them', async () => {
    const { contentType, text } = await sample().text('*/*');
    expect(contentType).toMatch(/^text\/plain; version=0.0.4/u);
    const lines = ours(text);
    expect(lines).toContain('# TYPE group_services_protocols_total counter');
    expect(lines).toContain('group_services_protocols_total{kind="join",outcome="approved"} 2');
    expect(lines).toContain(
      'group_services_protocol_duration_seconds_bucket{kind="join",le="0.002"} 0',
    );
    expect(lines).toContain(
      'group_services_protocol_duration_seconds_bucket{kind="join",le="0.005"} 1',
    );
    expect(lines).toContain(
      'group_services_protocol_duration_seconds_bucket{kind="join",le="+Inf"} 2',
    );
    expect(lines).toContain('group_services_protocol_duration_seconds_sum{kind="join"} 70.003');
    expect(lines).toContain('group_services_members{group="a \\"b\\""} 3');
    expect(lines).toContainEqual(expect.stringContaining('build_info{version="1.2.3",wire="1"'));
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds /mu);
  });

  it('are OpenMetrics for who asks for it, and Prometheus text for the next', async () => {
    const metrics = sample();
    const accept = 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5';
    for (let round = 0; round < 2; round += 1) {
      const open = await metrics.text(accept);
      expect(open.contentType).toMatch(/^application\/openmetrics-text/u);
      expect(open.text).toMatch(/# EOF\n$/u);
      expect(open.text).toContain('# TYPE group_services_protocols counter\n');
      expect(open.text).toContain('group_services_protocols_total{kind="join"');
      expect(open.text).not.toContain('_total_total');
      const plain = await metrics.text('');
      expect(plain.text).toContain('# TYPE group_services_protocols_total counter\n');
      expect(plain.text).toContain('# TYPE process_cpu_seconds_total counter\n');
    }
  });
});
