import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startDomain } from '@group-services/testing';

// Three daemons on ports of this host, and a process on each. In production `gsd` runs on every host.
const domain = await startDomain({ daemons: 3, ports: true });
const program = fileURLToPath(new URL('./main.js', import.meta.url));
const names = ['ada', 'bob', 'cho'];
const processes = domain.nodes.map((node, index) => {
  const endpoint = domain.port(node);
  const env = { ...process.env, GROUP_SERVICES_ENDPOINT: endpoint, MEMBER: names[index] };
  const member = fork(program, { env });
  console.log(
    `daemon ${node} serves processes at ${endpoint}; ${names[index]} is process ${member.pid}`,
  );
  return member;
});
console.log(
  `Kill one, and see what the others say: kill -9 ${processes[0]?.pid}. Ctrl-C ends it all.`,
);

const stop = async (): Promise<void> => {
  for (const each of processes) each.kill();
  await domain.stop();
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
