import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startDomain } from '@group-services/testing';

// Three daemons on ports of this host, and a process on each. In production `gsd` runs on every host.
const domain = await startDomain({ daemons: 3, ports: true });
const program = fileURLToPath(new URL('./main.js', import.meta.url));
const processes = domain.nodes.map((node) => {
  const endpoint = domain.port(node);
  console.log(`daemon ${node} serves processes at ${endpoint}`);
  return fork(program, { env: { ...process.env, GROUP_SERVICES_ENDPOINT: endpoint } });
});

const stop = async (): Promise<void> => {
  for (const each of processes) each.kill();
  await domain.stop();
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
