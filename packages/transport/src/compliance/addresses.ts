import assert from 'node:assert/strict';

import type { Transport } from '../contract.js';

import { connectPair, type Declare, numbered, Recorder, rejected, turns } from './harness.js';

export function addressChecks(check: Declare, delivery: Transport['delivery']): void {
  check('says what its links promise', async ({ here, there }) => {
    assert.deepEqual([here.delivery, there.delivery], [delivery, delivery]);
  });

  check('says of both ends of a link which scheme they have', async (subject) => {
    const { near, far } = await connectPair(subject);
    for (const end of [near.local, near.remote, far.local, far.remote]) {
      assert.ok(end.startsWith(`${subject.here.scheme}:`), `${end} is no end of this transport`);
    }
  });

  check('refuses to dial an address at which nobody listens', async (subject) => {
    const { here, there, freshAddress } = subject;
    const listener = await there.listen(freshAddress(), () => new Recorder());
    await listener.close();
    const events = new Recorder();
    const error = await rejected(here.dial(listener.address, events), 'refused');
    assert.equal(error.address, listener.address);
    await turns(5);
    assert.deepEqual(events.reasons, []);
  });

  check('refuses to listen where somebody listens, who is not disturbed', async (subject) => {
    const pair = await connectPair(subject);
    const again = subject.there.listen(pair.listener.address, () => new Recorder());
    await rejected(again, 'address-in-use', 'live-socket');
    await subject.here.dial(pair.listener.address, new Recorder());
    pair.near.send({ head: numbered(1, 1) });
    await pair.farEvents.framesReach(1);
  });

  check('refuses addresses that it does not understand', async (subject) => {
    const { here } = subject;
    for (const address of ['', 'nonsense', 'other://x', `${here.scheme}://`, 'tcp://host']) {
      await rejected(here.dial(address, new Recorder()), 'bad-address');
      await rejected(
        here.listen(address, () => new Recorder()),
        'bad-address',
      );
      assert.ok((here.addressProblem(address) ?? '') !== '', `${address} is no address`);
    }
  });

  check('says which addresses are its own without opening them', async (subject) => {
    const { here, there, freshAddress } = subject;
    const address = freshAddress();
    const listener = await there.listen(address, () => new Recorder());
    for (const known of [address, listener.address]) {
      assert.equal(known.startsWith(`${here.scheme}://`), true);
      assert.equal(here.addressProblem(known), undefined);
    }
    assert.equal(here.addressForm.startsWith(`${here.scheme}://`), true);
  });

  check('stops accepting when the listener closes, while links live on', async (subject) => {
    const { near, far, nearEvents, farEvents, listener } = await connectPair(subject);
    await listener.close();
    await listener.close();
    const refused = subject.here.dial(listener.address, new Recorder());
    await rejected(refused, 'refused');
    near.send({ head: numbered(1, 10) });
    far.send({ head: numbered(2, 20) });
    await Promise.all([nearEvents.framesReach(1), farEvents.framesReach(1)]);
  });

  check('gives up dialling when the signal fires, before or after the start', async (subject) => {
    const { here, there, freshAddress } = subject;
    const listener = await there.listen(freshAddress(), () => new Recorder());
    const events = new Recorder();
    const reason = new Error('the caller changed its mind');
    const early = here.dial(listener.address, events, { signal: AbortSignal.abort(reason) });
    assert.equal((await rejected(early, 'aborted')).cause, reason);

    const controller = new AbortController();
    const late = here.dial(listener.address, events, { signal: controller.signal });
    controller.abort(reason);
    assert.equal((await rejected(late, 'aborted')).cause, reason);
    await turns(20);
    assert.deepEqual(events.reasons, []);
  });

  check('leaves a link alone when the signal fires after it stands', async (subject) => {
    const { here, there, freshAddress } = subject;
    const farEvents = new Recorder();
    const listener = await there.listen(freshAddress(), () => farEvents);
    const controller = new AbortController();
    const link = await here.dial(listener.address, new Recorder(), { signal: controller.signal });
    controller.abort();
    assert.equal(link.send({ head: numbered(1, 1) }), true);
    await farEvents.framesReach(1);
  });

  check('makes two links when two parties dial each other at the same time', async (subject) => {
    const { here, there, freshAddress } = subject;
    const accepted = [new Recorder(), new Recorder()] as const;
    const dialled = [new Recorder(), new Recorder()] as const;
    const first = await here.listen(freshAddress(), () => accepted[0]);
    const second = await there.listen(freshAddress(), () => accepted[1]);
    const [toSecond, toFirst] = await Promise.all([
      here.dial(second.address, dialled[0]),
      there.dial(first.address, dialled[1]),
    ]);
    toSecond.send({ head: numbered(1, 2) });
    toFirst.send({ head: numbered(2, 1) });
    await Promise.all(accepted.map((events) => events.framesReach(1)));
    assert.deepEqual(
      accepted.map((events) => events.frames.map((frame) => frame.length)),
      [[1], [2]],
    );
  });
}
