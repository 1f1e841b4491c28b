import { expect, it } from 'vitest';

import { complianceChecks } from '../src/compliance.js';
import type { CloseReason, LinkHandlers, LinkOptions, Transport } from '../src/contract.js';
import { MemoryNetwork } from '../src/memory.js';
import { tcp } from '../src/tcp.js';

// A suite that passes whatever it is given is worth nothing: transports that break one promise each are
// given to it, and it has to name that promise.

/** TCP that takes in all of a frame before it looks at how large it is. */
function readsBeforeItLooks(): Transport {
  const inner = tcp();
  const wrapped = (handlers: LinkHandlers, limit: number): LinkHandlers => {
    let reason: CloseReason | undefined;
    return {
      onDrain: (link) => handlers.onDrain?.(link),
      onFrame: (link, frame) => {
        if (reason !== undefined) return;
        if (frame.length <= limit) handlers.onFrame(link, frame);
        else {
          reason = { kind: 'frame-too-large', bytes: frame.length, limit };
          link.abort();
        }
      },
      onClose: (link, why) => handlers.onClose(link, reason ?? why),
    };
  };
  const all = (options: LinkOptions = {}) => ({ ...options, frameLimit: 2 ** 31 });
  return {
    ...inner,
    listen: (address, onLink, options) =>
      inner.listen(
        address,
        (link) => wrapped(onLink(link), options?.frameLimit ?? 2 ** 31),
        all(options),
      ),
    dial: (address, handlers, options) =>
      inner.dial(address, wrapped(handlers, options?.frameLimit ?? 2 ** 31), all(options)),
  };
}

/** A network in memory whose links go on handing over frames after their end was told. */
function endsTwice(transport: Transport): Transport {
  const twice = (handlers: LinkHandlers): LinkHandlers => ({
    onFrame: (link, frame) => handlers.onFrame(link, frame),
    onDrain: (link) => handlers.onDrain?.(link),
    onClose: (link, reason) => {
      handlers.onClose(link, reason);
      handlers.onClose(link, reason);
    },
  });
  return {
    ...transport,
    listen: (address, onLink, options) =>
      transport.listen(address, (link) => twice(onLink(link)), options),
    dial: (address, handlers, options) => transport.dial(address, twice(handlers), options),
  };
}

async function broken(here: Transport, there: Transport, address: string): Promise<string[]> {
  const names: string[] = [];
  const create = () => ({ here, there, freshAddress: () => address });
  for (const { name, run } of complianceChecks({ name: 'broken', create })) {
    await run().catch(() => names.push(name));
  }
  return names;
}

it('names what a transport does not do that reads before it looks', async () => {
  const transport = readsBeforeItLooks();
  const names = await broken(transport, transport, 'tcp://127.0.0.1:0');
  expect(names).toContain('closes on a frame that is too large before its content is read');
  expect(names).not.toContain('accepts frames up to the limit and closes on a larger one');
});

it('names what a transport does not do whose links end twice', async () => {
  const network = new MemoryNetwork();
  const [here, there] = [network.transport('here'), network.transport('there')];
  const names = await broken(endsTwice(here), endsTwice(there), 'memory://place');
  expect(names).toContain('closes in order: each end is told once, and not at once');
  expect(names).not.toContain('lets the accepting side speak first');
});

it('ends a check that waits for what does not happen', async () => {
  const silent: Transport = {
    ...new MemoryNetwork().transport('silent'),
    listen: () => new Promise(() => {}),
  };
  const create = () => ({ here: silent, there: silent, freshAddress: () => 'memory://silent' });
  const [first] = complianceChecks({ name: 'silent', create, limitMs: 20 });
  await expect(first?.run()).rejects.toThrow('did not within 20 ms');
});
