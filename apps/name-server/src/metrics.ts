import { Counts, Durations, type Host } from '@group-services/core';
import type { NameServerEngine } from '@group-services/name-server';
import { addCertificateExpiry, Metrics } from '@group-services/runtime';
import { WIRE_VERSION } from '@group-services/wire';

/** What the parts of gsns count. */
export class NameServerTally {
  /** Of one write to the store, to the disk and all. */
  readonly syncMs = new Durations();
  /** Handshakes that were refused, by code. */
  readonly refused = new Counts();
}

/** What gsns tells Prometheus (`GET /metrics`). */
export function nameServerMetrics(sources: {
  readonly engine: NameServerEngine;
  readonly tally: NameServerTally;
  readonly host: Host;
  /** Files with certificates of ours and of authorities. */
  readonly certificates: readonly string[];
  /** Of gsns. */
  readonly version: string;
  /** `--wire-minor` */
  readonly wireMinor: number;
}): Metrics {
  const { engine, tally, host, version, wireMinor, certificates } = sources;
  const metrics = new Metrics({ version, wire: `${WIRE_VERSION.max}.${wireMinor}` });
  const up = 'Whether look-ups are answered: 0 while the table is gathered after a restart';
  metrics.gauge({ name: 'name_server_up', help: up }, () => [{ value: engine.isReady ? 1 : 0 }]);
  const entries = 'Groups in the table';
  metrics.gauge({ name: 'entries', help: entries }, () => [
    { value: engine.inspect(host.now()).groups.length },
  ]);
  const changes = 'Changes of the table';
  metrics.counter({ name: 'changes_total', help: changes }, () => [
    { value: engine.inspect(host.now()).changes },
  ]);
  const sync = 'Until changes are on the disk of the store';
  metrics.durations({ name: 'store_sync_seconds', help: sync }, undefined, tally.syncMs);
  const refused = 'Handshakes that were refused';
  metrics.counter({ name: 'refused_total', help: refused }, () =>
    tally.refused.entries().map(([[reason = ''], value]) => ({ labels: { reason }, value })),
  );
  addCertificateExpiry(metrics, certificates);
  return metrics;
}
