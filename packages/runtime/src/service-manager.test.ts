import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { serviceManager } from './service-manager.js';

it('is there when its socket is named, and says how often it wants to hear', () => {
  expect(serviceManager({})).toBeUndefined();
  expect(serviceManager({ NOTIFY_SOCKET: '' })).toBeUndefined();
  const NOTIFY_SOCKET = '/run/systemd/notify';
  expect(serviceManager({ NOTIFY_SOCKET })?.signOfLifeMs).toBeUndefined();
  const WATCHDOG_USEC = '10000000';
  expect(serviceManager({ NOTIFY_SOCKET, WATCHDOG_USEC })?.signOfLifeMs).toBe(5_000);
  const others = { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID: '1' };
  expect(serviceManager(others)?.signOfLifeMs).toBeUndefined();
});

it('is told by systemd-notify', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gs-notify-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const said = join(folder, 'said');
  const command = join(folder, 'systemd-notify');
  writeFileSync(command, `#!/bin/sh\necho "$@" > ${said}\n`);
  chmodSync(command, 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  serviceManager({ NOTIFY_SOCKET: '/run/x' })?.tell('READY=1');
  await expect.poll(() => readFileSync(said, 'utf8'), { timeout: 20_000 }).toBe('READY=1\n');
});
