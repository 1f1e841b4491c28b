import { expect, it } from 'vitest';

import { type ComplianceSubject, connectPair, numbered, Recorder, turns } from './harness.js';

export function addressTests(use: () => ComplianceSubject): void {
  it('refuses to dial an address at which nobody listens', async () => {
    const { here, there, freshAddress } = use();
    const listener = await there.listen(freshAddress(), () => new Recorder());
    await listener.close();
    const events = new Recorder();
    await expect(here.dial(listener.address, events)).rejects.toMatchObject({
      name: 'TransportError',
      code: 'refused',
      address: listener.address,
    });
    await turns(5);
    expect(events.reasons).toEqual([]);
  });

  it('refuses to listen where somebody listens, who is not disturbed', async () => {
    const subject = use();
    const pair = await connectPair(subject);
    const again = subject.there.listen(pair.listener.address, () => new Recorder());
    await expect(again).rejects.toMatchObject({
      code: expect.stringMatching(/^(address-in-use|live-socket)$/u),
    });
    await subject.here.dial(pair.listener.address, new Recorder());
    pair.near.send({ head: numbered(1, 1) });
    await pair.farEvents.framesReach(1);
  });

  it('refuses addresses that it does not understand', async () => {
    const { here } = use();
    for (const address of ['', 'nonsense', 'other://x', `${here.scheme}://`, 'tcp://host']) {
      const code = 'bad-address';
      await expect(here.dial(address, new Recorder())).rejects.toMatchObject({ code });
      await expect(here.listen(address, () => new Recorder())).rejects.toMatchObject({ code });
      expect(here.addressProblem(address)).toEqual(expect.stringMatching(/./u));
    }
  });

  it('says which addresses are its own without opening them', async () => {
    const { here, there, freshAddress } = use();
    const address = freshAddress();
    const listener = await there.listen(address, () => new Recorder());
    for (const known of [address, listener.address]) {
      expect(known.startsWith(`${here.scheme}://`)).toBe(true);
      expect(here.addressProblem(known)).toBeUndefined();
    }
    expect(here.addressForm.startsWith(`${here.scheme}://`)).toBe(true);
  });

  it('stops accepting when the listener closes, while links live on', async () => {
    const subject = use();
    const { near, far, nearEvents, farEvents, listener } = await connectPair(subject);
    await listener.close();
    await listener.close();
    const refused = subject.here.dial(listener.address, new Recorder());
    await expect(refused).rejects.toMatchObject({ code: 'refused' });
    near.send({ head: numbered(1, 10) });
    far.send({ head: numbered(2, 20) });
    await Promise.all([nearEvents.framesReach(1), farEvents.framesReach(1)]);
  });

  it('gives up dialling when the signal fires, before or after the start', async () => {
    const { here, there, freshAddress } = use();
    const listener = await there.listen(freshAddress(), () => new Recorder());
    const events = new Recorder();
    const reason = new Error('the caller changed its mind');
    const early = here.dial(listener.address, events, { signal: AbortSignal.abort(reason) });
    await expect(early).rejects.toMatchObject({ code: 'aborted', cause: reason });

    const controller = new AbortController();
    const late = here.dial(listener.address, events, { signal: controller.signal });
    controller.abort(reason);
    await expect(late).rejects.toMatchObject({ code: 'aborted', cause: reason });
    await turns(20);
    expect(events.reasons).toEqual([]);
  });

  it('leaves a link alone when the signal fires after it stands', async () => {
    const { here, there, freshAddress } = use();
    const farEvents = new Recorder();
    const listener = await there.listen(freshAddress(), () => farEvents);
    const controller = new AbortController();
    const link = await here.dial(listener.address, new Recorder(), { signal: controller.signal });
    controller.abort();
    expect(link.send({ head: numbered(1, 1) })).toBe(true);
    await farEvents.framesReach(1);
  });

  it('makes two links when two parties dial each other at the same time', async () => {
    const { here, there, freshAddress } = use();
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
    expect(accepted.map((events) => events.frames.map((frame) => frame.length))).toEqual([
      [1],
      [2],
    ]);
  });
}
