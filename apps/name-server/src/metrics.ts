import { addCertificateExpiry, Metrics } from '@group-services/runtime';
import { WIRE_VERSION } from '@group-services/wire';
import type { ActiveLife } from './active-life.js';
import type { EtcdHealth } from './etcd/health.js';
import type { Lead } from './lead.js';
import type { NameServerTally } from './tally.js';

/** What gsns tells Prometheus (`GET /metrics`). */
export function nameServerMetrics(sources: {
  readonly life: () => ActiveLife | undefined;
  readonly lead: Lead;
  readonly tally: NameServerTally;
  /** Files with certificates of ours and of authorities. */
  readonly certificates: readonly string[];
  /** Of gsns. */
  readonly version: string;
  /** `--wire-minor` */
  readonly wireMinor: number;
}): Metrics {
  const { life, lead, tally, version, wireMinor, certificates } = sources;
  const inspect = () => {
    const { engine, host } = life() ?? {};
    return host === undefined ? undefined : engine?.inspect(host.now());
  };
  const metrics = new Metrics({ version, wire: `${WIRE_VERSION.max}.${wireMinor}` });
  const up = 'Whether look-ups are answered: 0 while the table is gathered after a restart';
  metrics.gauge({ name: 'name_server_up', help: up }, () => [
    { value: life()?.engine.isReady === true ? 1 : 0 },
  ]);
  const entries = 'Groups in the table';
  metrics.gauge({ name: 'entries', help: entries }, () => [
    { value: inspect()?.groups.length ?? 0 },
  ]);
  const changes = 'Changes of the table';
  metrics.counter({ name: 'changes_total', help: changes }, () => [
    { value: inspect()?.changes ?? 0 },
  ]);
  const sync = 'Until changes are on the disk of the store';
  metrics.durations({ name: 'store_sync_seconds', help: sync }, tally.syncMs);
  const refused = 'Handshakes that were refused';
  metrics.counter({ name: 'refused_total', help: refused, labels: ['reason'] }, () =>
    tally.refused.entries().map(([[reason = ''], value]) => ({ labels: { reason }, value })),
  );
  if (lead.etcd !== undefined) addLead(metrics, lead, lead.etcd);
  addCertificateExpiry(metrics, certificates);
  return metrics;
}

/** Where several name servers share an etcd. */
function addLead(metrics: Metrics, lead: Lead, etcd: EtcdHealth): void {
  const active = 'Whether this name server is the active one';
  metrics.gauge({ name: 'name_server_active', help: active }, () => [
    { value: lead.mayAnswer ? 1 : 0 },
  ]);
  const healthy = 'Whether etcd answered the last question';
  metrics.gauge({ name: 'etcd_up', help: healthy }, () => [
    { value: etcd.answeredAt !== undefined && etcd.trouble === undefined ? 1 : 0 },
  ]);
  const latency = 'Until etcd has answered';
  metrics.durations({ name: 'etcd_request_seconds', help: latency }, etcd.latencyMs);
  const failures = 'Questions that etcd did not answer';
  const failed = { name: 'etcd_failures_total', help: failures, labels: ['reason'] };
  metrics.counts(failed, etcd.failures);
}
