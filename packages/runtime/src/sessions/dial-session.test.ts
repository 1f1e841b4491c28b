import { tcp } from '@group-services/transport/tcp';
import { type Hello, MAGIC, wireOffer } from '@group-services/wire';
import { expect, it, onTestFinished } from 'vitest';
import { acceptSessions } from './accept-session.js';
import { dialSession, SessionRefused } from './dial-session.js';
import { judgeHello } from './judge-hello.js';

const hello: Hello = {
  kind: 'hello',
  magic: MAGIC,
  role: 'daemon',
  domain: 'default',
  ...wireOffer(),
};

/** What a program that says this HELLO is told by one that answers so. */
async function outcome(
  said: Hello,
  answer: Parameters<typeof acceptSessions>[0]['answer'],
): Promise<unknown> {
  const nothing = { onFrame: () => {}, onClose: () => {} };
  const listener = await tcp().listen(
    'tcp://127.0.0.1:0',
    acceptSessions({ ending: () => undefined, answer, opened: () => nothing, refused: () => {} }),
  );
  onTestFinished(() => listener.close());
  const { address } = listener;
  const dialled = dialSession({
    transport: tcp(),
    address,
    hello: said,
    opened: () => nothing,
  });
  return await dialled.then(
    () => 'welcomed',
    (error: unknown) => error,
  );
}

it('a program of another version of the wire format is told what both speak and which to upgrade (B10)', async () => {
  const reception = {
    itself: 'this daemon',
    domain: 'default',
    role: 'daemon',
    serves: '',
  } as const;
  const judged = await outcome({ ...hello, wire: { min: 7, max: 8, minor: 2 } }, (heard, link) => {
    const verdict = judgeHello(heard, link, reception);
    if (verdict.kind === 'taken') throw new Error('it has no version in common');
    return verdict;
  });
  expect(judged).toBeInstanceOf(SessionRefused);
  expect(judged).toMatchObject({
    code: 'wire-version',
    message: expect.stringMatching(
      /this daemon speaks 1\.\d+, the daemon 7 to 8\.2; upgrade this daemon, which is the older one$/,
    ),
  });
});

it('a WELCOME in a version that was not offered is no welcome (B10)', async () => {
  const judged = await outcome(hello, () => {
    return { kind: 'welcome', wire: 9, features: [], limits: {} };
  });
  expect(judged).toBeInstanceOf(SessionRefused);
  expect(judged).toMatchObject({
    code: 'wire-version',
    message: expect.stringMatching(/this program speaks 1\.\d+, .* 9\.0; upgrade this program/),
  });
});
