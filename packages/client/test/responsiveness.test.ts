import { expect, it } from 'vitest';
import { FakeDaemon } from './fake-daemon.js';

async function monitored(check?: () => boolean | Promise<boolean>) {
  const daemon = await FakeDaemon.start();
  const errors: Error[] = [];
  const services = await daemon.connect({
    responsiveness: { interval: 500, timeout: 200, check },
    onError: (error) => void errors.push(error),
  });
  const monitor = await daemon.next('monitor');
  return { daemon, services, errors, monitor };
}

it('M33: asks to be pinged when it was told to, and only then', async () => {
  const { monitor } = await monitored();
  expect(monitor).toEqual({ kind: 'monitor', interval: 500, timeout: 200 });
  const daemon = await FakeDaemon.start();
  await daemon.handled(await daemon.connect());
  expect(daemon.inbox).toEqual([]);
});

it('M33: answers pings for the process', async () => {
  const { daemon } = await monitored();
  daemon.send({ kind: 'ping', n: 7 });
  expect(await daemon.next('pong')).toEqual({ kind: 'pong', n: 7, ok: true });
});

const sick: readonly (readonly [string, () => boolean | Promise<boolean>, readonly string[]])[] = [
  ['is false', () => false, []],
  [
    'throws',
    (): boolean => {
      throw new Error('sick');
    },
    ['sick'],
  ],
  ['rejects', () => Promise.reject(new Error('worse')), ['worse']],
  ['resolves to false', () => Promise.resolve(false), []],
];

it.each(sick)('M33: says that something is wrong when the check %s', async (_what, check, told) => {
  const { daemon, services, errors } = await monitored(check);
  daemon.send({ kind: 'ping', n: 1 });
  expect(await daemon.next('pong')).toEqual({ kind: 'pong', n: 1, ok: false });
  await daemon.handled(services);
  expect(errors.map(({ message }) => message)).toEqual(told);
});

it('M33: never runs the check twice at a time', async () => {
  const answers: ((fine: boolean) => void)[] = [];
  const { daemon, services } = await monitored(() => new Promise((done) => answers.push(done)));
  daemon.send({ kind: 'ping', n: 1 }, { kind: 'ping', n: 2 });
  await daemon.handled(services);
  expect(answers).toHaveLength(1);
  answers[0]?.(true);
  expect(await daemon.next('pong')).toEqual({ kind: 'pong', n: 2, ok: true });
  daemon.send({ kind: 'ping', n: 3 });
  await daemon.handled(services);
  answers[1]?.(false);
  expect(await daemon.next('pong')).toEqual({ kind: 'pong', n: 3, ok: false });
});
