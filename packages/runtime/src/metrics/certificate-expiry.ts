import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Metrics, Sample } from './metrics.js';

/** Files may change while a program runs, and are read when somebody asks. */
export function addCertificateExpiry(metrics: Metrics, files: readonly string[]): void {
  const help = 'Seconds until the certificate in this file ends; negative afterwards';
  const name = 'tls_certificate_expiry_seconds';
  metrics.gauge({ name, help, labels: ['file'] }, () => files.flatMap(expiryOf));
}

/** Of a file that cannot be read, which the log says, there is no value. */
function expiryOf(file: string): readonly Sample<'file'>[] {
  try {
    const { validTo } = new X509Certificate(readFileSync(file));
    return [{ labels: { file }, value: Math.round((Date.parse(validTo) - Date.now()) / 1_000) }];
  } catch {
    return [];
  }
}
